// The add-on's own pages: a sidebar of 300 px beside the grid, and dialogs. Each stands in a sandbox and reaches the script
// only by the messages answered here.

import type { PageEvents, PageRun } from '../page-api.ts';
import { byId, element } from './dom.ts';

export type AddonFrames = { readonly show: (page: PageEvents['html']) => void };

type Message = {
  readonly stocksheet?: string;
  readonly id?: number;
  readonly name?: string;
  readonly args?: readonly unknown[];
  readonly widthPx?: number;
  readonly heightPx?: number;
};

const SANDBOX = 'allow-scripts allow-forms allow-popups allow-modals allow-downloads';

export function createAddonFrames(parts: {
  readonly call: (functionName: string, args: readonly unknown[]) => Promise<PageRun>;
  readonly focusGrid: () => void;
  readonly showSidebar: (frame: HTMLElement, title: string) => void;
  readonly closeSidebar: () => void;
}): AddonFrames {
  const frames = new Map<HTMLIFrameElement, { readonly close: () => void }>();

  window.addEventListener('message', (event: MessageEvent<Message>) => {
    const found = [...frames].find(([frame]) => frame.contentWindow === event.source);
    if (found === undefined) return;
    const [frame, { close }] = found;
    const { data } = event;
    if (data.stocksheet === 'call') void answer(frame, data);
    else if (data.stocksheet === 'close') close();
    else if (data.stocksheet === 'focus') parts.focusGrid();
    else if (data.stocksheet === 'size' && frame.closest('dialog') !== null) {
      if (data.heightPx !== undefined) frame.style.height = `${data.heightPx}px`;
      if (data.widthPx !== undefined) frame.style.width = `${data.widthPx}px`;
    }
  });

  async function answer(frame: HTMLIFrameElement, { id, name = '', args = [] }: Message): Promise<void> {
    const result = await parts.call(name, args).catch((error: unknown) => ({
      ok: false,
      message: error instanceof Error ? error.message : String(error),
    }));
    // The frame has no origin that could be named.
    frame.contentWindow?.postMessage({ stocksheet: 'answer', id, ...result }, '*');
  }

  return {
    show: ({ id, kind, title, widthPx, heightPx }) => {
      const frame = element('iframe', { src: `html/${id}`, sandbox: SANDBOX, title });
      if (kind === 'sidebar') {
        for (const [other] of frames) if (other.closest('dialog') === null) frames.delete(other);
        frames.set(frame, { close: parts.closeSidebar });
        parts.showSidebar(frame, title);
        return;
      }
      const box = byId('dialog') as HTMLDialogElement;
      frame.style.width = `${widthPx}px`;
      frame.style.height = `${heightPx}px`;
      const close = () => {
        box.close();
        frames.delete(frame);
      };
      frames.set(frame, { close });
      box.oncancel = () => frames.delete(frame);
      box.replaceChildren(
        element('h2', { id: 'dialog-title' }, [title]),
        frame,
        element('div', { class: 'buttons' }, [
          element('button', { type: 'button', click: close }, ['Close']),
        ]),
      );
      box.showModal();
    },
  };
}
