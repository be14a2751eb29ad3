import { LOGGER, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import { toContent } from '../store/content.mapper.js';
import { StatesRepository } from '../store/states.repository.js';
import { templateKeyOf, type Content } from './claim.js';
import { reasonOf } from './reason-of.js';

const MOST_KEPT = 10_000; // about 20 MB; personal packs have a content each

/** Contents by their id. An id is a hash, so what was read once never changes. */
@Injectable()
export class ContentCache {
  private readonly contents = new Map<string, Content>();
  private readonly unreadable = new Set<string>();
  private readonly standbys = new Map<string, Set<string>>();

  constructor(
    private readonly states: StatesRepository,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  get(contentId: string): Content | undefined {
    return this.contents.get(contentId);
  }

  /** It was written by a release that this one does not understand: nothing can be sent from it, now or later. */
  isUnreadable(contentId: string): boolean {
    return this.unreadable.has(contentId);
  }

  /** Templates that the known deliveries of this one can go to instead; undefined when none of its deliveries is known. Keys are `name/language`. */
  standbysOf(template: string): ReadonlySet<string> | undefined {
    return this.standbys.get(template);
  }

  /** Makes sure that these can be had without asking the database. */
  async load(contentIds: Iterable<string>): Promise<void> {
    const missing = [...new Set(contentIds)].filter((id) => !this.contents.has(id) && !this.unreadable.has(id));
    if (missing.length === 0) return;
    if (this.contents.size + missing.length > MOST_KEPT) this.contents.clear();
    for (const [id, body] of await this.states.contents(missing)) this.read(id, body);
  }

  private read(id: string, body: unknown): void {
    try {
      this.keep(id, toContent(body));
    } catch (error) {
      this.unreadable.add(id);
      this.logger.error({ contentId: id, reason: reasonOf(error) }, 'a content cannot be read; its deliveries fail');
    }
  }

  private keep(id: string, content: Content): void {
    this.contents.set(id, content);
    const key = templateKeyOf(content.template);
    const standbys = this.standbys.get(key) ?? new Set<string>();
    this.standbys.set(key, content.standby ? standbys.add(templateKeyOf(content.standby)) : standbys);
  }
}
