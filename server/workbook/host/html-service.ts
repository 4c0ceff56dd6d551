// HtmlService: the pages of a script, from its own HTML files or from text.

import { requireAuthorization, type ServiceWorld } from './service-world.ts';

const SIDEBAR_WIDTH_PX = 300;

export type HtmlOutput = {
  readonly getContent: () => string;
  readonly getTitle: () => string;
  readonly getWidth: () => number;
  readonly getHeight: () => number;
};

export function createHtmlService(world: ServiceWorld) {
  const read = (name: unknown): string => {
    const file = String(name).replace(/\.html$/, '');
    const text = Object.hasOwn(world.files, file) ? world.files[file] : undefined;
    if (text === undefined) throw world.toError(`No HTML file named ${file} was found.`);
    return text;
  };
  return Object.freeze({
    SandboxMode: Object.freeze({ IFRAME: 'IFRAME', NATIVE: 'NATIVE', EMULATED: 'EMULATED' }),
    XFrameOptionsMode: Object.freeze({ ALLOWALL: 'ALLOWALL', DEFAULT: 'DEFAULT' }),
    createHtmlOutput: (html: unknown = '') => output(String(html)),
    createHtmlOutputFromFile: (name: unknown) => output(read(name)),
    createTemplateFromFile: (name: unknown) => template(world, read(name)),
    createTemplate: (html: unknown) => template(world, String(html)),
    getUserAgent: () => null,
  });
}

function output(html: string) {
  let [content, title, width, height] = [html, '', SIDEBAR_WIDTH_PX, 400];
  const self = {
    getContent: () => content,
    setContent: (text: unknown) => {
      content = String(text);
      return self;
    },
    append: (text: unknown) => {
      content += String(text);
      return self;
    },
    getTitle: () => title,
    setTitle: (text: unknown) => {
      title = String(text);
      return self;
    },
    getWidth: () => width,
    setWidth: (px: number) => {
      width = Number(px);
      return self;
    },
    getHeight: () => height,
    setHeight: (px: number) => {
      height = Number(px);
      return self;
    },
    setSandboxMode: () => self,
    setXFrameOptionsMode: () => self,
    addMetaTag: () => self,
    setFaviconUrl: () => self,
    clear: () => {
      content = '';
      return self;
    },
  };
  return self;
}

/** Templates run code of the page on the server; Stocksheet loads its data afterwards instead, so only plain ones are known. */
function template(world: ServiceWorld, html: string) {
  return {
    getRawContent: () => html,
    evaluate: () => {
      if (html.includes('<?'))
        throw world.toError('The local workbook does not run scriptlets in templates.');
      return output(html);
    },
  };
}

/** What showSidebar and showModalDialog take: an output, or the text of a page. */
export function readOutput(world: ServiceWorld, method: string, given: unknown): HtmlOutput {
  requireAuthorization(world, `Ui.${method}`, 'FULL', 'script.container.ui');
  if (typeof given === 'string') return output(given);
  if (typeof given === 'object' && given !== null && 'getContent' in given) return given as HtmlOutput;
  throw world.toError(`The parameters (${typeof given}) don't match the method signature for Ui.${method}.`);
}
