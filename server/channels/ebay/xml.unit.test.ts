// The XML of the Trading API is read exactly, and nothing in it can do harm.

import { describe, expect, it } from '@jest/globals';
import { childrenOf, escapeXml, numberOf, parseXml, textOf } from './xml.ts';

describe('reading XML', () => {
  it('reads elements, attributes, CDATA, comments and entities', () => {
    const root = parseXml(
      '\uFEFF<?xml version="1.0"?><a xmlns="urn:x"><b currencyID="USD">1 &lt;&amp;&#233;&#x20AC;</b><!-- <c> --><c/><d><![CDATA[<x>&amp;]]></d></a>',
    );
    expect(textOf(root, 'b')).toBe('1 <&é€');
    expect(textOf(root, 'c')).toBe('');
    expect(textOf(root, 'd')).toBe('<x>&amp;');
    expect(textOf(root, 'e')).toBeNull();
  });

  it('R9: keeps the blanks of a SKU', () => {
    expect(textOf(parseXml('<a><SKU> padded </SKU></a>'), 'SKU')).toBe(' padded ');
  });

  it.each([
    ['a web page', '<!DOCTYPE html><html><body></body></html>'],
    ['a document type with entities', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
    ['elements closed in the wrong order', '<a><b></a></b>'],
    ['an element that is not closed', '<a><b>'],
    ['two roots', '<a></a><b></b>'],
    ['text around the root', 'hello <a></a>'],
    ['nothing', ''],
    ['JSON', '{"errors":[]}'],
  ])('refuses %s', (_what, text) => {
    expect(parseXml(text)).toBeNull();
  });

  it('an unknown entity stays what it is', () => {
    expect(textOf(parseXml('<a>&x; &#x110000;</a>'))).toBe('&x; &#x110000;');
  });

  it('a number is a whole number and nothing else', () => {
    const root = parseXml('<a><b> 7 </b><c>7.5</c><d></d><e>seven</e></a>');
    expect(['b', 'c', 'd', 'e', 'f'].map((name) => numberOf(root, name))).toEqual([
      7,
      null,
      null,
      null,
      null,
    ]);
  });
});

it('whatever a SKU contains is read back as it was written', () => {
  const skus = ['<a>&amp;"\'', ' padded ', '=1+1', ']]>', 'é€😀', '__proto__'];
  for (const sku of skus) expect(textOf(parseXml(`<a><s>${escapeXml(sku)}</s></a>`), 's')).toBe(sku);
});

it('characters that XML cannot hold are left out', () => {
  expect(escapeXml('a\u0000b\uD800c')).toBe('abc');
});

it('a page full of titles with signs is read whole', () => {
  const root = parseXml(`<a>${'<b>x &amp; y &#233; &lt;</b>'.repeat(5_000)}</a>`);
  expect(childrenOf(root, 'b')).toHaveLength(5_000);
  expect(textOf(root, 'b')).toBe('x & y é <');
});
