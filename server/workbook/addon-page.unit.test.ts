// The stand-in for google.script that stands in front of an add-on's page.

import { expect, test } from '@jest/globals';
import { addonPage } from './addon-page.ts';

test('google.script.run offers the functions of the script by name', async () => {
  const page = await addonPage('<head></head>', ['sidebarHome'], 'http://127.0.0.1:1');
  expect(page).toContain('const functions = ["sidebarHome"];');
  expect(page).toContain('const origin = "http://127.0.0.1:1";');
  expect(page).not.toMatch(/(['"])(FUNCTIONS|ORIGIN)\1/);
});
