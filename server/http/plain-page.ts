// A page for a person who comes from elsewhere with a browser: a heading, sentences, nothing else.

import type { Response } from 'express';

export type PlainPage = {
  readonly title: string;
  readonly sentences: readonly string[];
};

/** Every text may hold anything. */
export function showPage(response: Response, status: number, { title, sentences }: PlainPage): void {
  const paragraphs = sentences.map((sentence) => `<p>${asText(sentence)}</p>`).join('');
  response
    .status(status)
    .type('html')
    .send(
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${asText(title)}</title>` +
        `<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer"><style>${STYLE}</style>` +
        `</head><body><main><h1>${asText(title)}</h1>${paragraphs}</main></body></html>`,
    );
}

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f6f7f9;color:#1c2430}' +
  'main{max-width:34rem;margin:12vh auto 0;padding:2rem;background:#fff;border:1px solid #dfe3e8;border-radius:8px}' +
  'h1{font-size:1.4rem;margin:0 0 .5rem}p{margin:.5rem 0 0}';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const asText = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
