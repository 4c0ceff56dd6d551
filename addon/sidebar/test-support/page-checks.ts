// What must hold on every screen of the sidebar. Each is a program for the page, as text: the tests' own world has no page.

/** What sticks out of the given width. */
export const tooWide = (widthPx: number): string => `
  [...document.querySelectorAll('body *')]
    .filter((element) => element.getBoundingClientRect().right > ${widthPx} + 0.5)
    .map((element) => element.outerHTML.slice(0, 80))`;

/** Text whose contrast is under 4.5 : 1 (WCAG AA); what cannot be clicked now is left out, as WCAG does. */
export const TOO_FAINT = `(() => {
  const parse = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (colour) => {
    const [red, green, blue] = colour.slice(0, 3).map((part) => {
      const value = part / 255;
      return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    if (element === null) return [255, 255, 255];
    const colour = parse(getComputedStyle(element).backgroundColor);
    return colour[3] === 0 ? behind(element.parentElement) : colour;
  };
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  return [...document.querySelectorAll('body *')]
    .filter((element) => hasText(element) && !element.matches('script, style, :disabled, svg *'))
    .flatMap((element) => {
      const [text, ground] = [light(parse(getComputedStyle(element).color)), light(behind(element))];
      const ratio = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
      return ratio < 4.5 ? [ratio.toFixed(2) + ' ' + element.outerHTML.slice(0, 80)] : [];
    });
})()`;

/** Buttons and fields that a screen reader could not name. */
export const NAMELESS = `
  [...document.querySelectorAll('button, input, select, a')]
    .filter((element) => {
      const label = element.labels?.[0]?.textContent ?? '';
      return !(element.textContent.trim() || element.getAttribute('aria-label') || label.trim());
    })
    .map((element) => element.outerHTML.slice(0, 80))`;
