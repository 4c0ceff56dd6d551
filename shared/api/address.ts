// Text inside an address of the API, such as a SKU in a query.

/**
 * Any text, without a character that means something in an address. `encodeURIComponent` leaves !'()* as they are, which others on the way
 * encode, and then the signature is not of the address that arrives.
 */
export const inAddress = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
