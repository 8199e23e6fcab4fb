/** Whether a glob matches a whole key. Only `*` is special; it also matches `/`. Time: the product of the lengths. */
export function globMatches(glob: string, key: string): boolean {
  let inGlob = 0;
  let inKey = 0;
  let lastStar = -1;
  let retryAt = 0;
  while (inKey < key.length) {
    if (glob[inGlob] === "*") {
      lastStar = inGlob;
      inGlob += 1;
      retryAt = inKey;
    } else if (glob[inGlob] === key[inKey]) {
      inGlob += 1;
      inKey += 1;
    } else if (lastStar >= 0) {
      inGlob = lastStar + 1;
      retryAt += 1;
      inKey = retryAt;
    } else {
      return false;
    }
  }
  while (glob[inGlob] === "*") inGlob += 1;
  return inGlob === glob.length;
}
