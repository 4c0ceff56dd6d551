// Times as WooCommerce wants them in a query: GMT without a zone, in whole seconds. A "Z" next to
// `dates_are_gmt` would be shifted by the shop's own offset.

/** `shiftSeconds` −1 turns "at or after" into the shop's "strictly after". */
export function asGmt(time: Date, shiftSeconds: number): string {
  const second = Math.floor(time.getTime() / 1000) + shiftSeconds;
  return new Date(second * 1000).toISOString().slice(0, 19);
}
