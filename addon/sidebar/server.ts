// The sidebar's only way out: functions of the add-on's own script. It has no network of its own.

import type { HomeState, Reply } from '../sidebar-api.ts';

type Runner = {
  withSuccessHandler: (handler: (answer: string) => void) => Runner;
  withFailureHandler: (handler: (error: Error) => void) => Runner;
} & Record<'sidebarHome' | 'sidebarCall' | 'sidebarDo', (...given: string[]) => void>;

declare const google: { readonly script: { readonly run: Runner } };

/** Every answer travels as text: Google passes on plain values only. */
function run<Value>(
  name: 'sidebarHome' | 'sidebarCall' | 'sidebarDo',
  ...given: string[]
): Promise<Reply<Value>> {
  return new Promise((resolve) => {
    google.script.run
      .withSuccessHandler((answer) => resolve(JSON.parse(answer) as Reply<Value>))
      .withFailureHandler(() =>
        resolve({
          ok: false,
          message: 'Google did not answer. Reload the sheet, then open the sidebar again.',
        }),
      )
      [name](...given);
  });
}

export const readHome = (): Promise<Reply<HomeState>> => run('sidebarHome');

/** A request to the server, signed by the script. */
export const ask = <Value>(
  method: 'get' | 'post' | 'patch' | 'delete',
  path: string,
  body?: unknown,
): Promise<Reply<Value>> => run('sidebarCall', method, path, body === undefined ? '' : JSON.stringify(body));

/** Something in the sheet itself. */
export const inSheet = <Value = string>(action: string, given: unknown = null): Promise<Reply<Value>> =>
  run('sidebarDo', action, JSON.stringify(given));
