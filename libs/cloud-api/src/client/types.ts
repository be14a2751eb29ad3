/** A message as POST /{phone_number_id}/messages takes it. */
export interface MessageRequest {
  readonly messaging_product: 'whatsapp';
  readonly recipient_type?: 'individual' | 'group';
  readonly to?: string;
  readonly type: string;
  readonly [part: string]: unknown;
}
export interface TemplateComponentParameters {
  readonly type: 'header' | 'body' | 'button';
  readonly sub_type?: string;
  readonly index?: string;
  readonly parameters: readonly Readonly<Record<string, unknown>>[];
}
export interface PhoneNumber {
  readonly id: string;
  readonly display_phone_number?: string;
  readonly verified_name?: string;
  readonly quality_rating?: string;
  readonly status?: string;
  readonly throughput?: { readonly level?: string };
  readonly whatsapp_business_manager_messaging_limit?: string;
  readonly health_status?: HealthStatus;
  readonly [field: string]: unknown;
}
export interface HealthStatus {
  readonly can_send_message: string;
  readonly entities?: readonly { readonly entity_type: string; readonly id: string; readonly can_send_message: string; readonly errors?: readonly { readonly error_code: number }[] }[];
}
export interface MessageTemplate {
  readonly id: string;
  readonly name: string;
  readonly language: string;
  readonly status: string;
  readonly category: string;
  readonly quality_score?: { readonly score?: string };
  readonly components?: readonly Readonly<Record<string, unknown>>[];
  readonly [field: string]: unknown;
}
export interface TokenInfo {
  readonly app_id?: string;
  readonly is_valid: boolean;
  readonly expires_at?: number;
  readonly data_access_expires_at?: number;
  readonly scopes?: readonly string[];
  readonly granular_scopes?: readonly { readonly scope: string; readonly target_ids?: readonly string[] }[];
}
export interface SubscribedApp {
  readonly whatsapp_business_api_data: { readonly id: string; readonly name?: string };
  readonly override_callback_uri?: string;
}
