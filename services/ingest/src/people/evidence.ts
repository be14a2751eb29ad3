import { randomBytes } from 'node:crypto';
import { canonicalJson } from '@daybreak/kernel';
import { Sealer } from '@daybreak/privacy';
import { Injectable } from '@nestjs/common';

const KEY_BYTES = 32;

export interface EvidenceOwner {
  readonly recipientId: string;
  readonly sealedEvidenceKey: Uint8Array;
}

/**
 * What proves a line of the ledger, sealed by a key of the recipient's own, which is itself sealed by the service's. Destroying that one
 * key makes the evidence unreadable wherever copies of it lie.
 */
@Injectable()
export class Evidence {
  constructor(private readonly sealer: Sealer) {}

  newKeyFor(recipientId: string): Uint8Array {
    return this.sealer.sealBytes(randomBytes(KEY_BYTES), keyContext(recipientId));
  }

  /** @param owner undefined while the person is unknown: then the service's own key has to do */
  seal(evidence: Readonly<Record<string, unknown>>, eventKey: string, owner?: EvidenceOwner): Uint8Array {
    return this.sealerOf(owner).sealBytes(Buffer.from(canonicalJson(evidence), 'utf8'), `evidence:${eventKey}`);
  }

  open(sealed: Uint8Array, eventKey: string, owner?: EvidenceOwner): Record<string, unknown> {
    return JSON.parse(Buffer.from(this.sealerOf(owner).openBytes(sealed, `evidence:${eventKey}`)).toString('utf8')) as Record<
      string,
      unknown
    >;
  }

  private sealerOf(owner: EvidenceOwner | undefined): Sealer {
    if (owner === undefined) return this.sealer;
    return new Sealer([{ keyId: 'own', key: this.sealer.openBytes(owner.sealedEvidenceKey, keyContext(owner.recipientId)) }]);
  }
}

const keyContext = (recipientId: string): string => `evidence-key:${recipientId}`;
