import type { Sql } from '@daybreak/database';
import type { SeenTemplate } from '../templates/fold-families.js';
import type { TemplateChange } from '../templates/template-change.js';
import type { TemplateShape } from '../templates/template-shape.js';
import type { Prisma } from './prisma.js';

interface TemplateRow {
  template_id: string;
  waba_id: string;
  name: string;
  language: string;
  family: string;
  template_version: string;
  status: string;
  quality_score: string;
  category: string;
  submitted_category: string;
  correct_category: string;
  shape: TemplateShape;
}

/** Templates as the platform says they are. */
export class TemplateRepository {
  constructor(private readonly prisma: Prisma) {}

  /** A whole listing of one WABA: what is not in it is gone. */
  async replace(wabaId: string, listed: readonly SeenTemplate[], seenAt: Date): Promise<void> {
    await this.prisma.$transaction(async (tx) => {
      await tx.template.deleteMany({ where: { wabaId, templateId: { notIn: listed.map((t) => t.templateId) } } });
      for (const { templateId, version, shape, ...rest } of listed) {
        const said = { ...rest, templateVersion: version, shape: { ...shape }, seenAt };
        await tx.template.upsert({
          where: { templateId },
          create: { templateId, ...said },
          update: said,
        });
      }
      await tx.waba.updateMany({ where: { wabaId }, data: { listedAt: seenAt } });
    });
  }

  /** False when the template is not known. */
  async note(templateId: string, change: TemplateChange): Promise<boolean> {
    const { count } = await this.prisma.template.updateMany({ where: { templateId }, data: change });
    return count > 0;
  }

  async all(tx: Sql): Promise<SeenTemplate[]> {
    const rows = await tx.query<TemplateRow>('select * from template order by family, language, template_version, waba_id');
    return rows.map((row) => ({
      templateId: row.template_id,
      wabaId: row.waba_id,
      name: row.name,
      language: row.language,
      family: row.family,
      version: row.template_version,
      status: row.status,
      qualityScore: row.quality_score,
      category: row.category,
      submittedCategory: row.submitted_category,
      correctCategory: row.correct_category,
      shape: row.shape,
    }));
  }
}
