/**
 * Who may do what. A set, not a ladder: whoever approves a run does not thereby pause numbers, and neither may read consent evidence. Only
 * `viewer` is implied by each of the others.
 */
export const ROLES = ['viewer', 'operator', 'approver', 'dpo'] as const;
export type Role = (typeof ROLES)[number];

/** Somebody who proved who they are. */
export interface Identity {
  /** The account, as the identity provider or the token's entry names it. Not a person's name, where it can be helped: it is audited. */
  readonly subject: string;
  readonly roles: readonly Role[];
  readonly via: 'oidc' | 'token';
}

/** False for every word that is none of ours: a provider may name roles of other systems. */
export const isRole = (text: unknown): text is Role => ROLES.some((role) => role === text);

/** Whether somebody has a role, or one that implies it. */
export const holds = (identity: Pick<Identity, 'roles'>, role: Role): boolean =>
  identity.roles.includes(role) || (role === 'viewer' && identity.roles.length > 0);

/** How an identity is written in `audit.recorded`. */
export const actorOf = (identity: Pick<Identity, 'subject'>): string => `user:${identity.subject}`;
