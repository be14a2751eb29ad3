import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import type {
  AccountAlertEvent,
  AccountReviewEvent,
  AccountUpdateEvent,
  BusinessCapabilityEvent,
  ErrorsEvent,
  PhoneNumberNameEvent,
  PhoneNumberQualityEvent,
  SecurityEvent,
  TemplateCategoryEvent,
  TemplateComponentsEvent,
  TemplateQualityEvent,
  TemplateStatusEvent,
} from '@daybreak/cloud-api';
import {
  AccountObservedSchema,
  PhoneNumberObservedSchema,
  TemplateObservedSchema,
  type AccountObserved,
  type PhoneNumberObserved,
  type TemplateObserved,
} from '@daybreak/contracts';
import type { PersonalData } from '../people/personal-data.js';

export type AnyTemplateEvent = TemplateStatusEvent | TemplateQualityEvent | TemplateCategoryEvent | TemplateComponentsEvent;
export type AnyNumberEvent = PhoneNumberQualityEvent | PhoneNumberNameEvent | ErrorsEvent;
export type AnyAccountEvent = AccountUpdateEvent | AccountReviewEvent | AccountAlertEvent | BusinessCapabilityEvent | SecurityEvent;

export function toTemplateObserved(event: AnyTemplateEvent, observedAtMs: number): TemplateObserved {
  return create(TemplateObservedSchema, {
    templateId: event.templateId ?? '',
    name: event.templateName ?? '',
    language: (event.templateLanguage ?? '').replace('-', '_'), // Meta writes both
    wabaId: event.wabaId ?? '',
    observation: observationOf(event),
    reason: event.kind === 'template-status' ? [event.reason, event.pauseTitle].filter((part) => part !== null).join(': ') : '',
    correctCategory: event.kind === 'template-category' ? (event.correctCategory ?? '') : '',
    observedAt: timestampFromMs(event.entryAtMs ?? observedAtMs),
  });
}

function observationOf(event: AnyTemplateEvent): TemplateObserved['observation'] {
  switch (event.kind) {
    case 'template-status':
      return { case: 'status', value: event.status };
    case 'template-quality':
      return { case: 'qualityScore', value: event.newScore ?? 'UNKNOWN' };
    case 'template-category':
      return { case: 'category', value: event.newCategory ?? '' };
    case 'template-components':
      return { case: 'componentsChanged', value: true };
  }
}

export function toPhoneNumberObserved(event: AnyNumberEvent, personal: PersonalData, observedAtMs: number): PhoneNumberObserved {
  return create(PhoneNumberObservedSchema, {
    phoneNumberId: event.phoneNumberId ?? '',
    displayNumberKey: event.phoneNumberId === null ? personal.displayNumberKeyOf(event.displayPhoneNumber) : '',
    wabaId: event.wabaId ?? '',
    event: numberEventOf(event),
    messagingLimit: event.kind === 'phone-number-quality' ? (event.messagingLimit ?? '') : '',
    observedAt: timestampFromMs(event.entryAtMs ?? observedAtMs),
  });
}

function numberEventOf(event: AnyNumberEvent): string {
  switch (event.kind) {
    case 'phone-number-quality':
      return event.event ?? '';
    case 'phone-number-name':
      return `name-${(event.decision ?? 'unknown').toLowerCase()}`;
    case 'errors':
      return `error-${event.errors[0]?.code ?? 'unknown'}`;
  }
}

export function toAccountObserved(event: AnyAccountEvent, observedAtMs: number): AccountObserved {
  const untilMs = event.kind === 'account-update' ? Math.max(0, ...event.restrictions.map((r) => r.expiresAtMs ?? 0)) : 0;
  return create(AccountObservedSchema, {
    wabaId: event.wabaId ?? '',
    field: event.field,
    ...accountFactsOf(event),
    ...(untilMs === 0 ? {} : { effectiveUntil: timestampFromMs(untilMs) }),
    messagingLimit: BigInt(event.kind === 'business-capability' ? (event.messagingLimit ?? 0) : 0),
    observedAt: timestampFromMs(event.entryAtMs ?? observedAtMs),
  });
}

function accountFactsOf(event: AnyAccountEvent): { event: string; details: string[] } {
  switch (event.kind) {
    case 'account-update':
      return {
        event: event.event ?? '',
        details: said(...event.banStates, event.banDate, event.violationType, ...event.restrictions.map((r) => r.type)),
      };
    case 'account-review':
      return { event: event.decision ?? '', details: [] };
    case 'account-alert':
      return { event: event.alertType ?? '', details: said(event.severity, event.alertStatus, event.entityType, event.entityId) };
    case 'business-capability':
      return { event: '', details: said(event.messagingLimitText) };
    case 'security':
      return { event: event.event ?? '', details: [] };
  }
}

const said = (...words: readonly (string | null)[]): string[] => words.filter((word) => word !== null);
