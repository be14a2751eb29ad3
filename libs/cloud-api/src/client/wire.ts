/** The shapes of Meta's API that callers meet, by name; all of them generated from our description of it. */
import type { components } from '../generated/whatsapp-cloud-api.js';

type Schemas = components['schemas'];

export type MessageRequest = Schemas['MessageRequest'];
export type MarketingMessageRequest = Schemas['MarketingMessageRequest'];
export type TemplateMessageRequest = Schemas['TemplateMessageRequest'];
export type TemplateComponentParameters = Schemas['TemplateComponentParameters'];
export type TemplateParameter = Schemas['TemplateParameter'];
export type ReadReceipt = Schemas['ReadReceipt'];
export type Media = Schemas['Media'];
export type TemplateDraft = Schemas['TemplateDraft'];
export type TemplateEdit = Schemas['TemplateEdit'];
export type TemplateComponent = Schemas['TemplateComponent'];
export type TemplateSubmitted = Schemas['TemplateSubmitted'];
export type MessageTemplate = Schemas['MessageTemplate'];
export type PhoneNumber = Schemas['PhoneNumber'];
export type PhoneNumberSettings = Schemas['PhoneNumberSettings'];
export type Registration = Schemas['Registration'];
export type HealthStatus = Schemas['HealthStatus'];
export type MessageHistory = Schemas['MessageHistory'];
export type BusinessProfile = Schemas['BusinessProfile'];
export type BusinessProfileUpdate = Schemas['BusinessProfileUpdate'];
export type Waba = Schemas['Waba'];
export type SubscribedApp = Schemas['SubscribedApp'];
export type AppSubscription = Schemas['AppSubscription'];
export type TokenInfo = Schemas['TokenInfo'];
export type Paging = Schemas['Paging'];
