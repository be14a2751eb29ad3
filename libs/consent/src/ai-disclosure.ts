/** What stands before every text that a machine wrote, so that nobody takes it for a person's. English where we have no other. */
const DISCLOSURE: Readonly<Record<string, string>> = {
  en: 'Automated reply, written by an AI assistant.',
  hi: 'यह स्वचालित उत्तर एक एआई सहायक ने लिखा है।',
  mr: 'हे स्वयंचलित उत्तर एआय सहाय्यकाने लिहिले आहे.',
};

/** @param language Meta's language code, e.g. `hi` or `en_US` */
export const aiDisclosure = (language: string): string => DISCLOSURE[language.slice(0, 2)] ?? (DISCLOSURE['en'] as string);

/** The text as it may be sent. Saying it twice changes nothing. */
export function withAiDisclosure(text: string, language: string): string {
  const disclosure = aiDisclosure(language);
  return text.startsWith(disclosure) ? text : `${disclosure}\n\n${text}`;
}
