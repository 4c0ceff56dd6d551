// Reads and writes the plain XML of the Trading API: elements and text. Attributes carry nothing we need; a document type
// declaration is refused, so that no entity can be defined.

import { XMLParser, XMLValidator } from 'fast-xml-parser';

const TEXT = '#text';

/** Every child is a list, however often it occurs; all text directly inside is under TEXT. */
export type XmlElement = { readonly [name: string]: readonly XmlElement[] | string };

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  alwaysCreateTextNode: true,
  isArray: () => true,
  // Nobody asks for the path of an element: writing it down for each is a sixth of the work of a long list.
  jPath: false,
  parseTagValue: false,
  trimValues: false,
  textNodeName: TEXT,
  // Numbers of characters, such as &#233;, are among these.
  htmlEntities: true,
});

/** The root element; null when the text is not well-formed. */
export function parseXml(document: string): XmlElement | null {
  const text = document.replace(/^\uFEFF/, '').trim();
  if (/<!DOCTYPE/i.test(text) || XMLValidator.validate(text) !== true) return null;
  try {
    const roots = Object.values(parser.parse(text) as Record<string, readonly XmlElement[] | string>);
    const [only] = roots;
    return roots.length === 1 && Array.isArray(only) && only.length === 1 ? (only[0] ?? null) : null;
  } catch {
    return null;
  }
}

export function childrenOf(element: XmlElement | null, name: string): readonly XmlElement[] {
  const children = element !== null && Object.hasOwn(element, name) ? element[name] : undefined;
  return typeof children === 'object' ? children : [];
}

/** The first element along a path of names. */
export function find(element: XmlElement | null, ...path: readonly string[]): XmlElement | null {
  let here = element;
  for (const name of path) here = childrenOf(here, name)[0] ?? null;
  return here;
}

export function textOf(element: XmlElement | null, ...path: readonly string[]): string | null {
  const text = find(element, ...path)?.[TEXT];
  return typeof text === 'string' ? text : null;
}

/** Null where there is no whole number. */
export function numberOf(element: XmlElement | null, ...path: readonly string[]): number | null {
  const text = textOf(element, ...path)?.trim() ?? '';
  return /^-?\d+$/.test(text) ? Number(text) : null;
}

// Characters that XML cannot hold at all are left out: eBay would refuse the whole request over one of them.
const UNWRITABLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

export const escapeXml = (text: string): string =>
  text
    .replace(UNWRITABLE, '')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
