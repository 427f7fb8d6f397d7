/**
 * Stands in for the package `punycode.js` in markdown-it: host names stay as they were typed. Browsers write them in ASCII by
 * themselves when a link is followed.
 */
const same = (host: string): string => host;

export default { toASCII: same, toUnicode: same };
