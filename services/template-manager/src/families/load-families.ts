import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AppError, invalid, reasonOf, type Violation } from '@daybreak/kernel';
import { lintTemplate, TEMPLATE_CATEGORIES, variablesOf } from '@daybreak/templates';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Families, PreparedTemplate } from './prepared-template.js';

/** What ships with the service: daily_pack in English, Hindi and Marathi. */
export const SHIPPED_FAMILIES = resolve(import.meta.dirname, '../../config/families.yaml');

const language = z.string().regex(/^[a-z]{2,3}(_[A-Z]{2,3})?$/, 'must be a language code, e.g. en, hi, mr');

const familySchema = z.strictObject({
  family: z.string().regex(/^[a-z][a-z0-9_]{0,99}$/, 'must be 1 to 100 of a-z 0-9 _, starting with a letter'),
  category: z.enum(TEMPLATE_CATEGORIES),
  headerImage: z.string().min(1).optional(),
  examples: z.record(z.string(), z.string()).default({}),
  quickReplies: z.record(language, z.array(z.string())).default({}),
  versions: z.record(z.string().regex(/^v[1-9]\d*$/, 'must be v1, v2 …'), z.record(language, z.string())),
});

const schema = z.strictObject({ families: z.array(familySchema).min(1) });

type FamilyFile = z.output<typeof familySchema>;

/** Reads a families file. Throws an error that names the file, every place in it and why. */
export function loadFamilies(file: string): Families {
  try {
    return parseFamilies(readFileSync(file, 'utf8'), dirname(file));
  } catch (error) {
    const reason = reasonOf(error);
    throw new AppError(`${file}: ${reason}`, { kind: 'drop' }, { cause: error });
  }
}

/** @param folder what paths in the text are relative to */
export function parseFamilies(text: string, folder: string): Families {
  const parsed = schema.safeParse(parse(text));
  if (!parsed.success)
    throw invalid(...parsed.error.issues.map((issue) => ({ field: issue.path.join('.') || 'the file', reason: issue.message })));
  const { families } = parsed.data;
  const prepared = families.flatMap((family) => preparedOf(family, folder));
  const violations = [...usedTwice(families), ...prepared.flatMap(lint)];
  if (violations.length > 0) throw invalid(...violations);
  const categories = new Map(families.map(({ family, category }) => [family, category]));
  return {
    names: new Set(categories.keys()),
    languages: families.flatMap(({ family, versions }) => languagesOf(versions).map((language) => ({ family, language }))),
    prepared,
    categoryOf: (family) => categories.get(family),
  };
}

const preparedOf = ({ family, category, headerImage, examples, quickReplies, versions }: FamilyFile, folder: string): PreparedTemplate[] =>
  Object.entries(versions).flatMap(([version, bodies]) =>
    Object.entries(bodies).map(([language, text]) => ({
      family,
      version,
      draft: {
        name: `${family}_${version}`,
        language,
        category,
        body: { text, examples: variablesOf(text).map((name) => examples[name] ?? '') },
        buttons: (quickReplies[language] ?? []).map((label) => ({ type: 'QUICK_REPLY', text: label }) as const),
      },
      headerImage: headerImage === undefined ? undefined : resolve(folder, headerImage),
    })),
  );

const languagesOf = (versions: FamilyFile['versions']): string[] => [
  ...new Set(Object.values(versions).flatMap((bodies) => Object.keys(bodies))),
];

/** Wrong wording is found at the start, not by Meta's reviewers. The header's sample has no handle before it is uploaded. */
const lint = ({ draft, headerImage }: PreparedTemplate): Violation[] =>
  lintTemplate({ ...draft, ...(headerImage === undefined ? {} : { header: { format: 'IMAGE', exampleHandle: headerImage } }) }).map(
    ({ field, reason }) => ({
      field: `${draft.name}/${draft.language} ${field}`,
      reason,
    }),
  );

const usedTwice = (families: readonly FamilyFile[]): Violation[] =>
  families
    .map(({ family }) => family)
    .filter((family, i, all) => all.indexOf(family) !== i)
    .map((family) => ({ field: 'families', reason: `${family} is named twice` }));
