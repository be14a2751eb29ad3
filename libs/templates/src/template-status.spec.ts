import { describe, expect, it } from '@jest/globals';
import { isSendable, TEMPLATE_STATUSES, templateQualityScoreOf, templateStatusOf } from './template-status.js';

describe('what Meta says of a template', () => {
  it.each([
    ['APPROVED', 'APPROVED'],
    ['approved', 'APPROVED'],
    ['PENDING_DELETION', 'PENDING_DELETION'],
    ['SHADOW_BANNED', 'UNKNOWN'],
    ['', 'UNKNOWN'],
  ])('status %s is %s', (text, status) => {
    expect(templateStatusOf(text)).toBe(status);
  });

  it('only APPROVED may be sent, and a word that is new to us may not', () => {
    expect([...TEMPLATE_STATUSES, 'UNKNOWN' as const].filter(isSendable)).toEqual(['APPROVED']);
  });

  it.each([
    ['green', 'GREEN'],
    ['RED', 'RED'],
    ['PENDING', 'UNKNOWN'],
  ])('quality %s is %s', (text, score) => {
    expect(templateQualityScoreOf(text)).toBe(score);
  });
});
