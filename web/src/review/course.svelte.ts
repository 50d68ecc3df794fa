// Which record comes next, and what was just done? Remembered from page to page until the app is closed.
import { FILTERS, review, type Filters } from './calls';
import type { Saved } from './shapes';

const AT_ONCE = 100;

class Course {
  /** What the last save, or its undoing, came to; shown on the page that follows. */
  last = $state.raw<{ saved: Saved; undone: boolean } | null>(null);
  /** Looked at and left in this sitting; they come again only when nothing else is left. */
  private readonly passed = new Set<string>();

  pass(item: string): void {
    this.passed.add(item);
  }

  /** The record most worth a look that was not passed yet; null: nothing is left but `item` itself. */
  async next(item: string, reviewer: string, filters: Filters): Promise<string | null> {
    let passed: string | null = null;
    for (let offset = 0; ; offset += AT_ONCE) {
      const page = await review.queue(reviewer, filters, { offset, limit: AT_ONCE });
      for (const one of page.items) {
        if (one.item === item) continue;
        if (!this.passed.has(one.item)) return one.item;
        passed ??= one.item;
      }
      if (!page.items.length || offset + page.items.length >= page.total) return passed;
    }
  }
}

export const course = new Course();

/** The filters in an address's query. */
export function filtersIn(query: URLSearchParams): Filters {
  return Object.fromEntries(FILTERS.map((key) => [key, query.get(key)]));
}

/** `path` with these filters, and whatever else, in its query. */
export function withFilters(path: string, filters: Filters, more: Record<string, string> = {}): string {
  const search = new URLSearchParams(more);
  for (const key of FILTERS) if (filters[key]) search.set(key, filters[key]);
  return search.size ? `${path}?${search}` : path;
}
