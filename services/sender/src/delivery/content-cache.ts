import { LOGGER, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import { toContent } from '../store/content.mapper.js';
import { StatesRepository } from '../store/states.repository.js';
import { templateKeyOf, type Content } from './claim.js';
import { reasonOf } from './reason-of.js';

const MOST_KEPT = 10_000; // about 20 MB; personal packs have a content each. More than are ever claimed at once

/** Contents by their id. An id is a hash, so what was read once never changes. Those asked for longest ago go first: claims in hand keep theirs. */
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
    const missing: string[] = [];
    for (const id of new Set(contentIds)) {
      const content = this.contents.get(id);
      if (content !== undefined) this.put(id, content);
      else if (!this.unreadable.has(id)) missing.push(id);
    }
    if (missing.length === 0) return;
    for (const [id, body] of await this.states.contents(missing)) this.read(id, body);
    for (const id of this.contents.keys()) {
      if (this.contents.size <= MOST_KEPT) break;
      this.contents.delete(id);
    }
  }

  private read(id: string, body: unknown): void {
    try {
      this.keep(id, toContent(body));
    } catch (error) {
      this.unreadable.add(id);
      this.logger.error({ contentId: id, reason: reasonOf(error) }, 'a content cannot be read; its deliveries fail');
    }
  }

  /** To the end: the map is in the order of asking. */
  private put(id: string, content: Content): void {
    this.contents.delete(id);
    this.contents.set(id, content);
  }

  private keep(id: string, content: Content): void {
    this.put(id, content);
    const key = templateKeyOf(content.template);
    const standbys = this.standbys.get(key) ?? new Set<string>();
    this.standbys.set(key, content.standby ? standbys.add(templateKeyOf(content.standby)) : standbys);
  }
}
