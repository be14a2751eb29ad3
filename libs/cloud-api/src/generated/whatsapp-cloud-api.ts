// Generated from openapi/whatsapp-cloud-api.yaml by `npm run openapi:generate`. Do not edit.

export interface paths {
    readonly "/{phone_number_id}/messages": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly phone_number_id: components["parameters"]["phone_number_id"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Send a message, or mark one as read
         * @description 200 means accepted, never delivered. Not idempotent, and there is no idempotency key.
         */
        readonly post: operations["sendMessage"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/{phone_number_id}/marketing_messages": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly phone_number_id: components["parameters"]["phone_number_id"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Send a marketing template through the marketing messages API */
        readonly post: operations["sendMarketingMessage"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/{phone_number_id}/media": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly phone_number_id: components["parameters"]["phone_number_id"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Upload a file; the id is good for 30 days and for this phone number */
        readonly post: operations["uploadMedia"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/{media_id}": {
        readonly parameters: {
            readonly query?: {
                /** @description When given, the call fails unless the media belongs to this number. */
                readonly phone_number_id?: components["schemas"]["Id"];
            };
            readonly header?: never;
            readonly path: {
                readonly media_id: components["schemas"]["Id"];
            };
            readonly cookie?: never;
        };
        /** Where to fetch the file; the url lives five minutes and wants the token */
        readonly get: operations["getMedia"];
        readonly put?: never;
        readonly post?: never;
        /** Delete an upload */
        readonly delete: operations["deleteMedia"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/{app_id}/uploads": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly app_id: components["parameters"]["app_id"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Begin a resumable upload (samples of template headers) */
        readonly post: operations["startUpload"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/{upload_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly upload_id: string;
            };
            readonly cookie?: never;
        };
        /** How far an upload got */
        readonly get: operations["getUpload"];
        readonly put?: never;
        /** Send the bytes from an offset on. The token goes as `OAuth`, not as `Bearer`. */
        readonly post: operations["continueUpload"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/{waba_id}/message_templates": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly waba_id: components["parameters"]["waba_id"];
            };
            readonly cookie?: never;
        };
        /** One page of templates. Follow `paging.next`; 131059 means begin again. */
        readonly get: operations["listTemplates"];
        readonly put?: never;
        /** Submit a template for review */
        readonly post: operations["createTemplate"];
        /** Delete all languages of a name, or one template when `hsm_id` is given too */
        readonly delete: operations["deleteTemplate"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/{template_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly template_id: components["parameters"]["template_id"];
            };
            readonly cookie?: never;
        };
        /** One template */
        readonly get: operations["getTemplate"];
        readonly put?: never;
        /** Replace the components of an approved, rejected or paused template */
        readonly post: operations["editTemplate"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/{template_id}/unpause": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly template_id: components["parameters"]["template_id"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Lift a pause that pacing imposed */
        readonly post: operations["unpauseTemplate"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/{waba_id}/phone_numbers": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly waba_id: components["parameters"]["waba_id"];
            };
            readonly cookie?: never;
        };
        /** One page of the account's numbers */
        readonly get: operations["listPhoneNumbers"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/{phone_number_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly phone_number_id: components["parameters"]["phone_number_id"];
            };
            readonly cookie?: never;
        };
        /** One number */
        readonly get: operations["getPhoneNumber"];
        readonly put?: never;
        /** Change settings of a number, e.g. its own callback */
        readonly post: operations["updatePhoneNumber"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/{phone_number_id}/register": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly phone_number_id: components["parameters"]["phone_number_id"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Put a number on the platform; at most ten times in 72 hours, deregistering included */
        readonly post: operations["registerPhoneNumber"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/{phone_number_id}/deregister": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly phone_number_id: components["parameters"]["phone_number_id"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Take a number off the platform */
        readonly post: operations["deregisterPhoneNumber"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/{phone_number_id}/message_history": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly phone_number_id: components["parameters"]["phone_number_id"];
            };
            readonly cookie?: never;
        };
        /** What Meta knows of one message, and of its webhooks */
        readonly get: operations["getMessageHistory"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/{phone_number_id}/whatsapp_business_profile": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly phone_number_id: components["parameters"]["phone_number_id"];
            };
            readonly cookie?: never;
        };
        /** What recipients see about the business */
        readonly get: operations["getBusinessProfile"];
        readonly put?: never;
        /** Change the profile */
        readonly post: operations["updateBusinessProfile"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/{waba_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly waba_id: components["parameters"]["waba_id"];
            };
            readonly cookie?: never;
        };
        /** The account */
        readonly get: operations["getWaba"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/{waba_id}/subscribed_apps": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly waba_id: components["parameters"]["waba_id"];
            };
            readonly cookie?: never;
        };
        /** The apps that get this account's webhooks */
        readonly get: operations["getSubscribedApps"];
        readonly put?: never;
        /** Subscribe the token's app. An override applies to `messages` webhooks; an empty body removes it. */
        readonly post: operations["subscribeApp"];
        /** Unsubscribe the token's app */
        readonly delete: operations["unsubscribeApp"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/{app_id}/subscriptions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly app_id: components["parameters"]["app_id"];
            };
            readonly cookie?: never;
        };
        /** The app's callbacks. Wants an app token. */
        readonly get: operations["listAppSubscriptions"];
        readonly put?: never;
        /** Set the app's callback; it is challenged before it is stored */
        readonly post: operations["setAppSubscription"];
        /** Remove the app's callback */
        readonly delete: operations["deleteAppSubscription"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/debug_token": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What a token may do, and until when. Wants an app token, or one of the app's owner. */
        readonly get: operations["debugToken"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/oauth/access_token": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Exchange a system-user token that expires for one that lives 60 days more */
        readonly get: operations["refreshToken"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export interface webhooks {
    readonly whatsapp: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Meta makes sure that the callback is ours */
        readonly get: operations["challenge"];
        readonly put?: never;
        /** Up to 1 000 updates, at most 3 MB, signed over the bytes as sent */
        readonly post: operations["deliver"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export interface components {
    schemas: {
        readonly Id: string;
        readonly Success: {
            readonly success: boolean;
        };
        readonly Created: {
            readonly id: string;
        };
        readonly Paging: {
            readonly cursors?: {
                readonly before?: string;
                /** @description Present on the last page too. */
                readonly after?: string;
            };
            /** @description Absent on the last page. */
            readonly next?: string;
            readonly previous?: string;
        };
        readonly Error: {
            readonly error: {
                readonly message: string;
                readonly type?: string;
                readonly code: number;
                readonly error_subcode?: number;
                readonly is_transient?: boolean;
                readonly error_user_title?: string;
                readonly error_user_msg?: string;
                readonly error_data?: {
                    readonly messaging_product?: string;
                    readonly details?: string;
                };
                readonly fbtrace_id?: string;
            };
        };
        readonly MessageEnvelope: {
            /** @constant */
            readonly messaging_product: "whatsapp";
            /** @enum {string} */
            readonly recipient_type?: "individual" | "group";
            readonly context?: {
                readonly message_id: string;
            };
            /** @description Comes back in every status of this message. */
            readonly biz_opaque_callback_data?: string;
            readonly recipient_identity_key_hash?: string;
        } & ({
            /** @description +E.164. Without the plus, the sender's own country code is put in front. */
            readonly to: string;
        } | {
            /** @description A business-scoped user id. `to` wins when both are there. */
            readonly recipient: string;
        });
        readonly MessageRequest: components["schemas"]["TemplateMessageRequest"] | components["schemas"]["TextMessageRequest"] | components["schemas"]["ImageMessageRequest"] | components["schemas"]["InteractiveMessageRequest"] | components["schemas"]["OtherMessageRequest"];
        readonly TemplateMessageRequest: components["schemas"]["MessageEnvelope"] & {
            /** @constant */
            readonly type: "template";
            readonly template: components["schemas"]["TemplateToSend"];
        };
        readonly MarketingMessageRequest: components["schemas"]["TemplateMessageRequest"] & {
            /** @enum {string} */
            readonly product_policy?: "CLOUD_API_FALLBACK" | "STRICT";
            readonly message_activity_sharing?: boolean;
        };
        readonly TextMessageRequest: components["schemas"]["MessageEnvelope"] & {
            /** @constant */
            readonly type: "text";
            readonly text: components["schemas"]["Text"];
        };
        readonly ImageMessageRequest: components["schemas"]["MessageEnvelope"] & {
            /** @constant */
            readonly type: "image";
            readonly image: components["schemas"]["MediaReference"];
        };
        readonly InteractiveMessageRequest: components["schemas"]["MessageEnvelope"] & {
            /** @constant */
            readonly type: "interactive";
            readonly interactive: components["schemas"]["Interactive"];
        };
        /** @description Types that Daybreak does not send but the API takes. */
        readonly OtherMessageRequest: components["schemas"]["MessageEnvelope"] & ({
            /** @constant */
            readonly type: "audio";
            readonly audio: components["schemas"]["MediaReference"];
        } | {
            /** @constant */
            readonly type: "video";
            readonly video: components["schemas"]["MediaReference"];
        } | {
            /** @constant */
            readonly type: "document";
            readonly document: components["schemas"]["MediaReference"];
        } | {
            /** @constant */
            readonly type: "sticker";
            readonly sticker: components["schemas"]["MediaReference"];
        } | {
            /** @constant */
            readonly type: "location";
            readonly location: {
                readonly latitude: number | string;
                readonly longitude: number | string;
                readonly name?: string;
                readonly address?: string;
            };
        } | {
            /** @constant */
            readonly type: "contacts";
            readonly contacts: readonly {
                readonly [key: string]: unknown;
            }[];
        } | {
            /** @constant */
            readonly type: "reaction";
            readonly reaction: {
                readonly message_id: string;
                readonly emoji: string;
            };
        });
        /** @description The API takes a message without a type for a text. */
        readonly UntypedMessageRequest: components["schemas"]["MessageEnvelope"] & unknown & ({
            readonly text: components["schemas"]["Text"];
        } | {
            readonly interactive: components["schemas"]["Interactive"];
        });
        readonly ReadReceipt: {
            /** @constant */
            readonly messaging_product: "whatsapp";
            /** @constant */
            readonly status: "read";
            readonly message_id: string;
            readonly typing_indicator?: {
                /** @constant */
                readonly type: "text";
            };
        };
        readonly Text: {
            readonly body: string;
            readonly preview_url?: boolean;
        };
        readonly MediaReference: {
            readonly caption?: string;
            readonly filename?: string;
        } & ({
            /** @description Of an upload by the same phone number. */
            readonly id: string;
        } | {
            readonly link: string;
        });
        readonly Interactive: {
            /** @description button, list; cta_url, flow, product, product_list, catalog_message, location_request_message … */
            readonly type: string;
            readonly header?: {
                /** @description text, image, video, document */
                readonly type: string;
                readonly text?: string;
                readonly image?: components["schemas"]["MediaReference"];
                readonly video?: components["schemas"]["MediaReference"];
                readonly document?: components["schemas"]["MediaReference"];
            };
            readonly body?: {
                readonly text: string;
            };
            readonly footer?: {
                readonly text: string;
            };
            readonly action?: {
                /** @description cta_url, flow, catalog_message, review_and_pay … */
                readonly name?: string;
                readonly parameters?: {
                    readonly [key: string]: unknown;
                };
                readonly catalog_id?: string;
                readonly product_retailer_id?: string;
                readonly button?: string;
                readonly buttons?: readonly {
                    /** @constant */
                    readonly type: "reply";
                    readonly reply: {
                        readonly id: string;
                        readonly title: string;
                    };
                }[];
                readonly sections?: readonly {
                    readonly title?: string;
                    readonly product_items?: readonly {
                        readonly [key: string]: unknown;
                    }[];
                    readonly rows?: readonly {
                        readonly id: string;
                        readonly title: string;
                        readonly description?: string;
                    }[];
                }[];
            };
        };
        readonly TemplateToSend: {
            readonly name: string;
            readonly language: {
                readonly code: string;
                /** @constant */
                readonly policy?: "deterministic";
            };
            readonly components?: readonly components["schemas"]["TemplateComponentParameters"][];
        };
        readonly TemplateComponentParameters: {
            /** @description header, body, button; carousel, limited_time_offer, order_status */
            readonly type: string;
            /** @description quick_reply, url, copy_code, flow, catalog, mpm … */
            readonly sub_type?: string;
            /** @description Position of the button, 0 to 9. */
            readonly index?: string | number;
            readonly parameters?: readonly components["schemas"]["TemplateParameter"][];
        };
        readonly TemplateParameter: {
            /** @description text, currency, date_time, image, video, document, location, payload, coupon_code, action … */
            readonly type: string;
            /** @description Demanded by templates with named parameters. */
            readonly parameter_name?: string;
            /** @description Anything but text is written out. */
            readonly text?: string | number | boolean;
            readonly payload?: string;
            readonly coupon_code?: string;
            readonly image?: components["schemas"]["MediaReference"];
            readonly video?: components["schemas"]["MediaReference"];
            readonly document?: components["schemas"]["MediaReference"];
        };
        readonly MessageAccepted: {
            readonly messaging_product?: string;
            readonly contacts?: readonly {
                readonly input?: string;
                readonly wa_id?: string;
                readonly user_id?: string;
            }[];
            readonly messages: readonly {
                /** @description The wamid. Holds the recipient's number; personal data. */
                readonly id: string;
                readonly group_id?: string;
                /** @description accepted, held_for_quality_assessment, paused */
                readonly message_status?: string;
            }[];
        };
        readonly Media: {
            readonly messaging_product?: string;
            readonly id: string;
            readonly url: string;
            readonly mime_type?: string;
            readonly sha256?: string;
            readonly file_size?: string | number;
        };
        /** @enum {string} */
        readonly TemplateCategory: "MARKETING" | "UTILITY" | "AUTHENTICATION";
        readonly TemplateButton: {
            /** @description QUICK_REPLY, URL, PHONE_NUMBER, COPY_CODE, OTP, FLOW, CATALOG, MPM, SPM … */
            readonly type: string;
            readonly text?: string;
            readonly url?: string;
            readonly phone_number?: string;
            readonly example?: string | readonly string[];
        };
        readonly TemplateComponent: {
            /** @description HEADER, BODY, FOOTER, BUTTONS; CAROUSEL, LIMITED_TIME_OFFER, CALL_PERMISSION_REQUEST */
            readonly type: string;
            /** @description TEXT, IMAGE, VIDEO, GIF, DOCUMENT, LOCATION, PRODUCT */
            readonly format?: string;
            readonly text?: string;
            readonly buttons?: readonly components["schemas"]["TemplateButton"][];
            readonly example?: {
                readonly header_text?: readonly string[];
                readonly header_handle?: readonly string[];
                readonly body_text?: readonly (readonly string[] | string)[];
                readonly header_text_named_params?: readonly components["schemas"]["NamedExample"][];
                readonly body_text_named_params?: readonly components["schemas"]["NamedExample"][];
            };
            readonly add_security_recommendation?: boolean;
            readonly code_expiration_minutes?: number;
        };
        readonly NamedExample: {
            readonly param_name: string;
            readonly example: string;
        };
        readonly TemplateDraft: {
            /** @description Lower-case letters, digits and underscores. */
            readonly name: string;
            readonly language: string;
            readonly category: components["schemas"]["TemplateCategory"];
            /** @enum {string} */
            readonly parameter_format?: "NAMED" | "POSITIONAL";
            readonly components: readonly components["schemas"]["TemplateComponent"][];
            readonly message_send_ttl_seconds?: number;
            readonly cta_url_link_tracking_opted_out?: boolean;
        };
        readonly TemplateEdit: {
            readonly category?: components["schemas"]["TemplateCategory"];
            readonly components?: readonly components["schemas"]["TemplateComponent"][];
            readonly message_send_ttl_seconds?: number;
        };
        readonly TemplateSubmitted: {
            readonly id: string;
            readonly status: string;
            readonly category?: string;
        };
        readonly MessageTemplate: {
            readonly id: string;
            readonly name?: string;
            readonly language?: string;
            /** @description APPROVED, PENDING, REJECTED, PAUSED, DISABLED, IN_APPEAL, PENDING_DELETION, DELETED, LIMIT_EXCEEDED, ARCHIVED; anything else is not sendable */
            readonly status?: string;
            readonly category?: string;
            readonly correct_category?: string;
            readonly previous_category?: string;
            readonly parameter_format?: string;
            readonly rejected_reason?: string;
            readonly quality_score?: {
                /** @description GREEN, YELLOW, RED, UNKNOWN */
                readonly score?: string;
                readonly date?: number;
            };
            readonly components?: readonly components["schemas"]["TemplateComponent"][];
        };
        readonly PhoneNumber: {
            readonly id: string;
            readonly display_phone_number?: string;
            readonly verified_name?: string;
            /** @description GREEN, YELLOW, RED, UNKNOWN or NA */
            readonly quality_rating?: string;
            /** @description Only CONNECTED can send. */
            readonly status?: string;
            readonly name_status?: string;
            readonly code_verification_status?: string;
            readonly account_mode?: string;
            readonly platform_type?: string;
            readonly is_official_business_account?: boolean;
            readonly throughput?: {
                /** @description STANDARD: 80 messages a second */
                readonly level?: string;
            };
            /** @description TIER_250 … TIER_UNLIMITED, of the portfolio */
            readonly whatsapp_business_manager_messaging_limit?: string;
            readonly health_status?: components["schemas"]["HealthStatus"];
            /** @description Where the asking app's webhooks of this number go; the first of these that there is. Given when asked for. */
            readonly webhook_configuration?: {
                readonly phone_number?: string;
                readonly whatsapp_business_account?: string;
                readonly application?: string;
            };
        };
        readonly PhoneNumberSettings: {
            readonly connection_status?: string;
            /** Format: uri */
            readonly webhook_url?: string;
            readonly webhook_configuration?: {
                readonly override_callback_uri?: string;
                readonly verify_token?: string;
            };
            readonly whatsapp_business_api_data?: Record<string, unknown>;
            readonly pin?: string;
            readonly search_visibility?: string;
            readonly new_display_name?: string;
            readonly username?: string;
        };
        readonly Registration: {
            /** @constant */
            readonly messaging_product: "whatsapp";
            readonly pin: string;
            /** @enum {string} */
            readonly data_localization_region?: "AE" | "AU" | "BH" | "BR" | "CA" | "CH" | "DE" | "GB" | "ID" | "IN" | "JP" | "KR" | "SG" | "ZA";
            readonly tier?: string;
            readonly backup?: {
                readonly data: string;
                readonly password: string;
            };
        };
        readonly HealthStatus: {
            /** @description AVAILABLE, LIMITED, BLOCKED */
            readonly can_send_message: string;
            readonly entities?: readonly {
                /** @description PHONE_NUMBER, MESSAGE_TEMPLATE, WABA, BUSINESS, APP */
                readonly entity_type?: string;
                readonly id?: string;
                readonly can_send_message?: string;
                readonly additional_info?: readonly string[];
                readonly errors?: readonly {
                    readonly error_code?: number;
                    readonly error_description?: string;
                    readonly possible_solution?: string;
                }[];
            }[];
        };
        readonly MessageHistory: {
            readonly id: string;
            readonly message_id?: string;
            readonly events?: {
                readonly data?: readonly {
                    readonly id?: string;
                    /** @description ACCEPTED, SENT, DELIVERED, READ, ERROR */
                    readonly delivery_status?: string;
                    readonly webhook_update_state?: string;
                    readonly webhook_uri?: string;
                    readonly timestamp?: number;
                    readonly error_description?: string;
                    readonly application?: {
                        readonly id?: string;
                    };
                }[];
                readonly paging?: components["schemas"]["Paging"];
            };
        };
        readonly BusinessProfile: {
            readonly messaging_product?: string;
            readonly about?: string;
            readonly address?: string;
            readonly description?: string;
            readonly email?: string;
            readonly profile_picture_url?: string;
            readonly websites?: readonly string[];
            readonly vertical?: string;
        };
        readonly BusinessProfileUpdate: {
            /** @constant */
            readonly messaging_product: "whatsapp";
            readonly about?: string;
            readonly address?: string;
            readonly description?: string;
            readonly email?: string;
            readonly profile_picture_handle?: string;
            readonly websites?: readonly string[];
            readonly vertical?: string;
        };
        readonly Waba: {
            readonly id: string;
            readonly name?: string;
            readonly currency?: string;
            readonly timezone_id?: string;
            readonly message_template_namespace?: string;
            readonly account_review_status?: string;
            readonly business_verification_status?: string;
            readonly country?: string;
            readonly ownership_type?: string;
            readonly primary_business_location?: string;
            readonly marketing_messages_lite_api_status?: string;
            readonly whatsapp_business_manager_messaging_limit?: string;
            readonly health_status?: components["schemas"]["HealthStatus"];
        };
        readonly SubscribedApp: {
            readonly whatsapp_business_api_data?: {
                readonly id: string;
                readonly name?: string;
                readonly link?: string;
            };
            readonly override_callback_uri?: string;
        };
        readonly AppSubscription: {
            readonly object: string;
            readonly callback_url?: string;
            readonly active?: boolean;
            readonly fields?: readonly {
                readonly name?: string;
                readonly version?: string;
            }[];
        };
        readonly TokenInfo: {
            readonly app_id?: string;
            readonly type?: string;
            readonly application?: string;
            readonly is_valid: boolean;
            readonly issued_at?: number;
            /** @description Epoch seconds; 0 is never. */
            readonly expires_at?: number;
            readonly data_access_expires_at?: number;
            readonly user_id?: string;
            readonly scopes?: readonly string[];
            readonly granular_scopes?: readonly {
                readonly scope: string;
                readonly target_ids?: readonly string[];
            }[];
        };
        readonly WebhookEnvelope: {
            /** @constant */
            readonly object: "whatsapp_business_account";
            readonly entry: readonly {
                /** @description The WABA; for some account updates the business portfolio. */
                readonly id?: string;
                readonly time?: number;
                readonly changes?: readonly {
                    readonly field: string;
                    readonly value: Record<string, unknown>;
                }[];
            }[];
        };
    };
    responses: {
        /** @description Done */
        readonly Success: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Success"];
            };
        };
        /** @description Refused or failed. The code says which; the HTTP status does not. */
        readonly Error: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Error"];
            };
        };
    };
    parameters: {
        readonly phone_number_id: components["schemas"]["Id"];
        readonly waba_id: components["schemas"]["Id"];
        readonly template_id: components["schemas"]["Id"];
        readonly app_id: components["schemas"]["Id"];
        /** @description Comma-separated. */
        readonly fields: string;
        readonly limit: number;
        readonly after: string;
        /** @description HMAC-SHA256 of the token with the app secret, hex. Accepted by every endpoint; demanded where the app requires it. */
        readonly appsecret_proof: string;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    readonly sendMessage: {
        readonly parameters: {
            readonly query?: {
                /** @description HMAC-SHA256 of the token with the app secret, hex. Accepted by every endpoint; demanded where the app requires it. */
                readonly appsecret_proof?: components["parameters"]["appsecret_proof"];
            };
            readonly header?: never;
            readonly path: {
                readonly phone_number_id: components["parameters"]["phone_number_id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["MessageRequest"] | components["schemas"]["UntypedMessageRequest"] | components["schemas"]["ReadReceipt"];
            };
        };
        readonly responses: {
            /** @description Accepted, or marked */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["MessageAccepted"] | components["schemas"]["Success"];
                };
            };
            readonly default: components["responses"]["Error"];
        };
    };
    readonly sendMarketingMessage: {
        readonly parameters: {
            readonly query?: {
                /** @description HMAC-SHA256 of the token with the app secret, hex. Accepted by every endpoint; demanded where the app requires it. */
                readonly appsecret_proof?: components["parameters"]["appsecret_proof"];
            };
            readonly header?: never;
            readonly path: {
                readonly phone_number_id: components["parameters"]["phone_number_id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["MarketingMessageRequest"];
            };
        };
        readonly responses: {
            /** @description Accepted */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["MessageAccepted"];
                };
            };
            readonly default: components["responses"]["Error"];
        };
    };
    readonly uploadMedia: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly phone_number_id: components["parameters"]["phone_number_id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "multipart/form-data": {
                    /** @constant */
                    readonly messaging_product: "whatsapp";
                    /** @description The file's media type. */
                    readonly type?: string;
                    /** Format: binary */
                    readonly file: string;
                };
            };
        };
        readonly responses: {
            /** @description Uploaded */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Created"];
                };
            };
            readonly default: components["responses"]["Error"];
        };
    };
    readonly getMedia: {
        readonly parameters: {
            readonly query?: {
                /** @description When given, the call fails unless the media belongs to this number. */
                readonly phone_number_id?: components["schemas"]["Id"];
            };
            readonly header?: never;
            readonly path: {
                readonly media_id: components["schemas"]["Id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Found */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Media"];
                };
            };
            readonly default: components["responses"]["Error"];
        };
    };
    readonly deleteMedia: {
        readonly parameters: {
            readonly query?: {
                /** @description When given, the call fails unless the media belongs to this number. */
                readonly phone_number_id?: components["schemas"]["Id"];
            };
            readonly header?: never;
            readonly path: {
                readonly media_id: components["schemas"]["Id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["Success"];
            readonly default: components["responses"]["Error"];
        };
    };
    readonly startUpload: {
        readonly parameters: {
            readonly query: {
                readonly file_name?: string;
                readonly file_length: number;
                readonly file_type: "application/pdf" | "image/jpeg" | "image/jpg" | "image/png" | "video/mp4";
            };
            readonly header?: never;
            readonly path: {
                readonly app_id: components["parameters"]["app_id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Begun; the id is `upload:<session>` */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Created"];
                };
            };
            readonly default: components["responses"]["Error"];
        };
    };
    readonly getUpload: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly upload_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Known */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id?: string;
                        readonly file_offset: number;
                    };
                };
            };
            readonly default: components["responses"]["Error"];
        };
    };
    readonly continueUpload: {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                readonly file_offset: number;
            };
            readonly path: {
                readonly upload_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/octet-stream": string;
            };
        };
        readonly responses: {
            /** @description Complete; the handle goes into a template's example */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly h: string;
                    };
                };
            };
            readonly default: components["responses"]["Error"];
        };
    };
    readonly listTemplates: {
        readonly parameters: {
            readonly query?: {
                /** @description Comma-separated. */
                readonly fields?: components["parameters"]["fields"];
                readonly limit?: components["parameters"]["limit"];
                readonly after?: components["parameters"]["after"];
                readonly name?: string;
                readonly status?: string;
                readonly language?: string;
                readonly category?: string;
            };
            readonly header?: never;
            readonly path: {
                readonly waba_id: components["parameters"]["waba_id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly data: readonly components["schemas"]["MessageTemplate"][];
                        readonly paging?: components["schemas"]["Paging"];
                    };
                };
            };
            readonly default: components["responses"]["Error"];
        };
    };
    readonly createTemplate: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly waba_id: components["parameters"]["waba_id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["TemplateDraft"];
            };
        };
        readonly responses: {
            /** @description Submitted. The category may differ from the one asked for. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["TemplateSubmitted"];
                };
            };
            readonly default: components["responses"]["Error"];
        };
    };
    readonly deleteTemplate: {
        readonly parameters: {
            readonly query: {
                readonly name: string;
                readonly hsm_id?: components["schemas"]["Id"];
            };
            readonly header?: never;
            readonly path: {
                readonly waba_id: components["parameters"]["waba_id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["Success"];
            readonly default: components["responses"]["Error"];
        };
    };
    readonly getTemplate: {
        readonly parameters: {
            readonly query?: {
                /** @description Comma-separated. */
                readonly fields?: components["parameters"]["fields"];
            };
            readonly header?: never;
            readonly path: {
                readonly template_id: components["parameters"]["template_id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Found */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["MessageTemplate"];
                };
            };
            readonly default: components["responses"]["Error"];
        };
    };
    readonly editTemplate: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly template_id: components["parameters"]["template_id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["TemplateEdit"];
            };
        };
        readonly responses: {
            readonly 200: components["responses"]["Success"];
            readonly default: components["responses"]["Error"];
        };
    };
    readonly unpauseTemplate: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly template_id: components["parameters"]["template_id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["Success"];
            readonly default: components["responses"]["Error"];
        };
    };
    readonly listPhoneNumbers: {
        readonly parameters: {
            readonly query?: {
                /** @description Comma-separated. */
                readonly fields?: components["parameters"]["fields"];
                readonly limit?: components["parameters"]["limit"];
                readonly after?: components["parameters"]["after"];
            };
            readonly header?: never;
            readonly path: {
                readonly waba_id: components["parameters"]["waba_id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly data: readonly components["schemas"]["PhoneNumber"][];
                        readonly paging?: components["schemas"]["Paging"];
                    };
                };
            };
            readonly default: components["responses"]["Error"];
        };
    };
    readonly getPhoneNumber: {
        readonly parameters: {
            readonly query?: {
                /** @description Comma-separated. */
                readonly fields?: components["parameters"]["fields"];
            };
            readonly header?: never;
            readonly path: {
                readonly phone_number_id: components["parameters"]["phone_number_id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Found */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PhoneNumber"];
                };
            };
            readonly default: components["responses"]["Error"];
        };
    };
    readonly updatePhoneNumber: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly phone_number_id: components["parameters"]["phone_number_id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["PhoneNumberSettings"];
            };
        };
        readonly responses: {
            readonly 200: components["responses"]["Success"];
            readonly default: components["responses"]["Error"];
        };
    };
    readonly registerPhoneNumber: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly phone_number_id: components["parameters"]["phone_number_id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["Registration"];
            };
        };
        readonly responses: {
            readonly 200: components["responses"]["Success"];
            readonly default: components["responses"]["Error"];
        };
    };
    readonly deregisterPhoneNumber: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly phone_number_id: components["parameters"]["phone_number_id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["Success"];
            readonly default: components["responses"]["Error"];
        };
    };
    readonly getMessageHistory: {
        readonly parameters: {
            readonly query?: {
                readonly message_id?: string;
                /** @description Comma-separated. */
                readonly fields?: components["parameters"]["fields"];
                readonly limit?: components["parameters"]["limit"];
                readonly after?: components["parameters"]["after"];
            };
            readonly header?: never;
            readonly path: {
                readonly phone_number_id: components["parameters"]["phone_number_id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly data: readonly components["schemas"]["MessageHistory"][];
                        readonly paging?: components["schemas"]["Paging"];
                    };
                };
            };
            readonly default: components["responses"]["Error"];
        };
    };
    readonly getBusinessProfile: {
        readonly parameters: {
            readonly query?: {
                /** @description Comma-separated. */
                readonly fields?: components["parameters"]["fields"];
            };
            readonly header?: never;
            readonly path: {
                readonly phone_number_id: components["parameters"]["phone_number_id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Found */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly data: readonly (components["schemas"]["BusinessProfile"] | {
                            readonly business_profile: components["schemas"]["BusinessProfile"];
                        })[];
                    };
                };
            };
            readonly default: components["responses"]["Error"];
        };
    };
    readonly updateBusinessProfile: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly phone_number_id: components["parameters"]["phone_number_id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["BusinessProfileUpdate"];
            };
        };
        readonly responses: {
            readonly 200: components["responses"]["Success"];
            readonly default: components["responses"]["Error"];
        };
    };
    readonly getWaba: {
        readonly parameters: {
            readonly query?: {
                /** @description Comma-separated. */
                readonly fields?: components["parameters"]["fields"];
            };
            readonly header?: never;
            readonly path: {
                readonly waba_id: components["parameters"]["waba_id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Found */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Waba"];
                };
            };
            readonly default: components["responses"]["Error"];
        };
    };
    readonly getSubscribedApps: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly waba_id: components["parameters"]["waba_id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Found */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly data: readonly components["schemas"]["SubscribedApp"][];
                    };
                };
            };
            readonly default: components["responses"]["Error"];
        };
    };
    readonly subscribeApp: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly waba_id: components["parameters"]["waba_id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": {
                    /** Format: uri */
                    readonly override_callback_uri?: string;
                    readonly verify_token?: string;
                };
            };
        };
        readonly responses: {
            /** @description Subscribed */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly success: boolean;
                        readonly data?: readonly components["schemas"]["SubscribedApp"][];
                    };
                };
            };
            readonly default: components["responses"]["Error"];
        };
    };
    readonly unsubscribeApp: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly waba_id: components["parameters"]["waba_id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["Success"];
            readonly default: components["responses"]["Error"];
        };
    };
    readonly listAppSubscriptions: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly app_id: components["parameters"]["app_id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Found */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly data: readonly components["schemas"]["AppSubscription"][];
                    };
                };
            };
            readonly default: components["responses"]["Error"];
        };
    };
    readonly setAppSubscription: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly app_id: components["parameters"]["app_id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @constant */
                    readonly object: "whatsapp_business_account";
                    /** Format: uri */
                    readonly callback_url: string;
                    readonly verify_token: string;
                    /** @description A JSON list, as text. */
                    readonly fields: string;
                    readonly include_values?: boolean;
                };
            };
        };
        readonly responses: {
            readonly 200: components["responses"]["Success"];
            readonly default: components["responses"]["Error"];
        };
    };
    readonly deleteAppSubscription: {
        readonly parameters: {
            readonly query: {
                readonly object: "whatsapp_business_account";
            };
            readonly header?: never;
            readonly path: {
                readonly app_id: components["parameters"]["app_id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["Success"];
            readonly default: components["responses"]["Error"];
        };
    };
    readonly debugToken: {
        readonly parameters: {
            readonly query: {
                readonly input_token: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Known */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly data: components["schemas"]["TokenInfo"];
                    };
                };
            };
            readonly default: components["responses"]["Error"];
        };
    };
    readonly refreshToken: {
        readonly parameters: {
            readonly query: {
                readonly grant_type: "fb_exchange_token";
                readonly client_id: string;
                readonly client_secret: string;
                readonly set_token_expires_in_60_days?: boolean;
                readonly fb_exchange_token: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Exchanged */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly access_token: string;
                        readonly token_type?: string;
                        /** @description Seconds. Absent when it does not expire. */
                        readonly expires_in?: number;
                    };
                };
            };
            readonly default: components["responses"]["Error"];
        };
    };
    readonly challenge: {
        readonly parameters: {
            readonly query: {
                readonly "hub.mode": "subscribe";
                readonly "hub.challenge": string;
                readonly "hub.verify_token": string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The bare challenge */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/plain": string;
                };
            };
            /** @description Not ours */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly deliver: {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                readonly "X-Hub-Signature-256": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["WebhookEnvelope"];
            };
        };
        readonly responses: {
            /** @description Taken; anything else is sent again for up to seven days */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
