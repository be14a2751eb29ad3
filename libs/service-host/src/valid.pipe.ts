import { invalid } from '@daybreak/kernel';
import type { PipeTransform } from '@nestjs/common';
import type { z } from 'zod';

/** `@Body(new Valid(schema)) body: z.output<typeof schema>`: what a caller sent, or every field that is wrong with it. */
export class Valid<S extends z.ZodType> implements PipeTransform<unknown, z.output<S>> {
  constructor(private readonly schema: S) {}

  transform(given: unknown): z.output<S> {
    const parsed = this.schema.safeParse(given ?? {});
    if (parsed.success) return parsed.data;
    throw invalid(...parsed.error.issues.map(({ path, message }) => ({ field: path.join('.') || 'body', reason: message })));
  }
}
