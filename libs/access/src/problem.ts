import { HttpException } from '@nestjs/common';
import { STATUS_CODES } from 'node:http';

/** RFC 9457. Says what is missing or wrong, never the value that was. */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Of a 403: any one of these roles would do. */
  readonly requiredRoles?: readonly string[];
  /** Of a 400: every field that is wrong. */
  readonly errors?: readonly { readonly field: string; readonly reason: string }[];
}

/** The body of an answer that is no success. `detail` is for people; it never quotes what was sent. */
export const problem = (status: number, detail: string, more: Pick<Problem, 'requiredRoles' | 'errors'> = {}): Problem => ({
  type: 'about:blank',
  title: STATUS_CODES[status] ?? 'Error',
  status,
  detail,
  ...more,
});

/** An answer that is no success, with its problem as body. */
export const refusal = (status: number, detail: string, more: Pick<Problem, 'requiredRoles' | 'errors'> = {}): HttpException =>
  new HttpException(problem(status, detail, more), status);

/** Recognises a problem by its fields, e.g. in the body of an exception. */
export const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'type' in body && 'status' in body && 'detail' in body;
