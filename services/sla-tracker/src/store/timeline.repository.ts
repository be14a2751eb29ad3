import { Injectable } from '@nestjs/common';
import type { DeliveryRecord } from '../delivery/delivery-record.js';
import type { RawEvent } from '../delivery/observed.js';
import { Prisma } from './prisma.js';

/** One delivery and the events it was folded from. */
@Injectable()
export class TimelineRepository {
  constructor(private readonly prisma: Prisma) {}

  async record(runDate: string, deliveryId: string): Promise<DeliveryRecord | undefined> {
    const row = await this.prisma.delivery.findUnique({ where: { deliveryId_runDate: { deliveryId, runDate: new Date(runDate) } } });
    return row ? (row.record as unknown as DeliveryRecord) : undefined;
  }

  async events(runDate: string, deliveryId: string): Promise<(RawEvent & { readonly recordedAt: Date })[]> {
    return this.prisma.deliveryEvent.findMany({ where: { runDate: new Date(runDate), deliveryId }, orderBy: { recordedAt: 'asc' } });
  }
}
