// Reads and writes the plain XML of the Trading API: elements, text, CDATA and the predefined entities. Attributes carry
// nothing we need; a document type declaration is refused, so that no entity can be defined.

export type XmlElement = {
  readonly name: string;
  /** All text directly inside, exactly as it was written. */
  readonly text: string;
  readonly children: readonly XmlElement[];
};

type Open = { readonly name: string; text: string; readonly children: XmlElement[] };

const TOKEN =
  /<!\[CDATA\[([\s\S]*?)\]\]>|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)([A-Za-z_][\w:.-]*)(?:\s(?:"[^"]*"|'[^']*'|[^>"'/])*)?(\/?)>|([^<]+)/y;

/** The root element; null when the text is not well-formed. */
export function parseXml(document: string): XmlElement | null {
  const text = document.replace(/^\uFEFF/, '').trim();
  const root: Open = { name: '', text: '', children: [] };
  const open: Open[] = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    const here = open.at(-1);
    if (match === null || here === undefined) return null;
    const [, cdata, slash, name, selfClosing, plain] = match;
    if (cdata !== undefined) here.text += cdata;
    else if (plain !== undefined) here.text += unescapeXml(plain);
    else if (name !== undefined && slash === '/') {
      if (here.name !== name || open.length === 1) return null;
      open.pop();
    } else if (name !== undefined) {
      const element: Open = { name, text: '', children: [] };
      here.children.push(element);
      if (selfClosing !== '/') open.push(element);
    }
  }
  const [only, ...others] = root.children;
  return open.length === 1 && others.length === 0 && root.text.trim() === '' ? (only ?? null) : null;
}

export const childrenOf = (element: XmlElement | null, name: string): readonly XmlElement[] =>
  element?.children.filter((child) => child.name === name) ?? [];

/** The first element along a path of names. */
export function find(element: XmlElement | null, ...path: readonly string[]): XmlElement | null {
  let here = element;
  for (const name of path) here = here?.children.find((child) => child.name === name) ?? null;
  return here;
}

export const textOf = (element: XmlElement | null, ...path: readonly string[]): string | null =>
  find(element, ...path)?.text ?? null;

/** Null where there is no whole number. */
export function numberOf(element: XmlElement | null, ...path: readonly string[]): number | null {
  const text = textOf(element, ...path)?.trim() ?? '';
  return /^-?\d+$/.test(text) ? Number(text) : null;
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const unescapeXml = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return NAMED[String(name).toLowerCase()] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });

// Characters that XML cannot hold at all are left out: eBay would refuse the whole request over one of them.
const UNWRITABLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

export const escapeXml = (text: string): string =>
  text
    .replace(UNWRITABLE, '')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
