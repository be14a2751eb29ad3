const DEVANAGARI_ZERO = 0x0966;

/**
 * One spelling for what people see as the same text: case, width, digits, nasals, nukta, WhatsApp's own marks of bold and
 * italic, emoji and punctuation. A question mark survives, because a question is not an order.
 */
export function normaliseCommandText(text: string): string {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[\u200b-\u200d\u2060\ufeff]/g, '') // invisible joiners
      .replace(/[’‘`´]/g, "'")
      .replace(/[०-९]/g, (digit) => String((digit.codePointAt(0) ?? DEVANAGARI_ZERO) - DEVANAGARI_ZERO))
      .replace(/\u093c/g, '') // nukta: ज़ and ज
      .replace(/ँ|न्(?=[तथदध])|म्(?=[पफबभ])/g, 'ं') // बन्द and बंद, दिसम्बर and दिसंबर
      // Digits are pictographs too, to Unicode's mind (keycaps).
      .replace(/(?!\d)[\p{Extended_Pictographic}\p{Emoji_Modifier}\u{fe0f}\u{20e3}]/gu, ' ')
      .replace(/[*_~"“”()[\]{}<>!,;:।॥…]|(?<!\d)\.|\.(?!\d)/g, ' ')
      .replace(/(?<=[^\s])(पर्यंत|साठी)(?=\s|$)/gu, ' $1') // Marathi writes its postpositions onto the word
      .replace(/\s+/g, ' ')
      .replace(/^[\s-]+|[\s-]+$/g, '')
  );
}

/**
 * Compiles a phrase into an anchored expression. `[a|b c]` may be left out, `(a|b c)` is one of these; other words
 * stand for themselves. Expressions are matched against text with one space at its end.
 */
export function compilePhrase(phrase: string): RegExp {
  const parts = phrase.match(/\[[^\]]+\]|\([^)]+\)|\S+/g) ?? [];
  const source = parts.map((part) => {
    if (part.startsWith('[')) return `(?:(?:${part.slice(1, -1)}) )?`;
    if (part.startsWith('(')) return `(?:${part.slice(1, -1)}) `;
    return `${part} `;
  });
  return new RegExp(`^${source.join('')}$`, 'u');
}
