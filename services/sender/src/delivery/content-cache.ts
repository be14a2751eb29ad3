import { Injectable } from '@nestjs/common';
import { StatesRepository } from '../store/states.repository.js';
import { templateKeyOf, type Content } from './claim.js';

const MOST_KEPT = 10_000; // about 20 MB; personal packs have a content each

/** Contents by their id. An id is a hash, so what was read once never changes. */
@Injectable()
export class ContentCache {
  private readonly contents = new Map<string, Content>();
  private readonly standbys = new Map<string, Set<string>>();

  constructor(private readonly states: StatesRepository) {}

  get(contentId: string): Content | undefined {
    return this.contents.get(contentId);
  }

  /** Templates that the known deliveries of this one can go to instead; undefined when none of its deliveries is known. Keys are `name/language`. */
  standbysOf(template: string): ReadonlySet<string> | undefined {
    return this.standbys.get(template);
  }

  /** Makes sure that these can be had without asking the database. */
  async load(contentIds: Iterable<string>): Promise<void> {
    const missing = [...new Set(contentIds)].filter((id) => !this.contents.has(id));
    if (missing.length === 0) return;
    if (this.contents.size + missing.length > MOST_KEPT) this.contents.clear();
    for (const [id, content] of await this.states.contents(missing)) this.keep(id, content);
  }

  private keep(id: string, content: Content): void {
    this.contents.set(id, content);
    const key = templateKeyOf(content.template);
    const standbys = this.standbys.get(key) ?? new Set<string>();
    this.standbys.set(key, content.standby ? standbys.add(templateKeyOf(content.standby)) : standbys);
  }
}
