// What has the reviewer decided so far, and is that enough to be sent? Kept in the tab until it is saved.
import { FIELDS, type DecisionIn, type FieldDecision, type FieldName, type FieldVerdict, type ItemView, type ItemVerdict, type Reason } from './shapes';

export interface FieldDraft {
  verdict: FieldVerdict | null;
  value: string;
}

interface Kept {
  saw: string;
  fields: Record<FieldName, FieldDraft>;
  rejecting: boolean;
  reason: Reason | null;
  words: string;
}

/** The value that a field has as it stands, to begin a correction with. */
export function standing(item: ItemView, field: FieldName): string {
  if (field === 'emotion') return item.emotion_said ?? '';
  if (field === 'half') return item.half ?? '';
  return item.texts.find((text) => text.dimension === field)?.text ?? '';
}

/** The fields that this item has: a clip that was not compared has no half to accept, but can be given one. */
export function canAccept(item: ItemView, field: FieldName): boolean {
  return field !== 'half' || item.half !== null;
}

const blank = (): Record<FieldName, FieldDraft> =>
  Object.fromEntries(FIELDS.map((field) => [field, { verdict: null, value: '' }])) as Record<FieldName, FieldDraft>;

export class Draft {
  fields = $state(blank());
  rejecting = $state(false);
  reason = $state<Reason | null>(null);
  words = $state('');
  unsure = $state(false);
  adjudicates = $state(false);
  /** Something was decided or written since the page was opened. */
  touched = $state(false);
  private readonly keptAs: string;

  constructor(readonly item: ItemView, reviewer: string) {
    this.keptAs = `saber.draft ${reviewer} ${item.item}`;
    this.adjudicates = item.state.state === 'disagreement' && item.mine === null;
    if (!this.recall()) this.take();
  }

  readonly done = $derived(FIELDS.filter((field) => this.fields[field].verdict !== null).length);
  readonly left = $derived(FIELDS.filter((field) => this.fields[field].verdict === null));

  /** Fields whose correction says nothing, or nothing else than what stands. */
  readonly unfinished = $derived(
    FIELDS.filter((field) => {
      const { verdict, value } = this.fields[field];
      return verdict === 'correct' && (!value.trim() || value.trim() === standing(this.item, field).trim());
    }),
  );

  readonly verdict = $derived.by((): ItemVerdict | null => {
    if (this.rejecting) return this.reason ? 'reject' : null;
    if (this.unsure) return 'unsure';
    const decided = FIELDS.filter((field) => this.fields[field].verdict !== null);
    if (!decided.length) return null;
    const offered = FIELDS.filter((field) => canAccept(this.item, field));
    const all = offered.every((field) => this.fields[field].verdict === 'accept') && decided.length === offered.length;
    return all ? 'accept' : 'correct';
  });

  readonly ready = $derived(
    this.verdict !== null &&
      (this.verdict !== 'correct' || this.unfinished.length === 0) &&
      (this.verdict !== 'reject' || this.reason !== 'other' || this.words.trim() !== ''),
  );

  set(field: FieldName, verdict: FieldVerdict | null): void {
    this.touched = true;
    this.unsure = false;
    this.rejecting = false;
    const draft = this.fields[field];
    draft.verdict = verdict;
    if (verdict === 'correct' && !draft.value) draft.value = standing(this.item, field);
    this.keep();
  }

  write(field: FieldName, value: string): void {
    this.touched = true;
    this.fields[field].value = value;
    this.keep();
  }

  acceptRest(): void {
    for (const field of this.left) if (canAccept(this.item, field)) this.set(field, 'accept');
  }

  reject(on: boolean): void {
    this.touched = true;
    this.rejecting = on;
    this.unsure = false;
    if (!on) this.reason = null;
    this.keep();
  }

  decision(reviewer: string, seconds: number): DecisionIn {
    const verdict = this.verdict;
    if (verdict === null) throw new Error('there is nothing to save yet');
    const fields: Partial<Record<FieldName, FieldDecision>> = {};
    if (verdict === 'correct') {
      for (const field of FIELDS) {
        const { verdict: said, value } = this.fields[field];
        if (said) fields[field] = { verdict: said, value: said === 'correct' ? value.trim() : null };
      }
    }
    return {
      reviewer, verdict, fields, reason: verdict === 'reject' ? this.reason : null, words: this.words.trim(),
      seconds: Math.round(seconds * 10) / 10, saw: this.item.saw, adjudicates: this.adjudicates,
    };
  }

  keep(): void {
    const kept: Kept = {
      saw: this.item.saw, fields: $state.snapshot(this.fields), rejecting: this.rejecting, reason: this.reason, words: this.words,
    };
    sessionStorage.setItem(this.keptAs, JSON.stringify(kept));
  }

  forget(): void {
    sessionStorage.removeItem(this.keptAs);
  }

  /** What this tab kept of the item. A draft about another record gives its corrections, but accepts nothing. */
  private recall(): boolean {
    const text = sessionStorage.getItem(this.keptAs);
    if (!text) return false;
    const kept = JSON.parse(text) as Kept;
    for (const field of FIELDS) {
      const was = kept.fields[field];
      if (kept.saw === this.item.saw || was.verdict === 'correct') this.fields[field] = was;
    }
    this.words = kept.words;
    this.reason = kept.reason;
    this.rejecting = kept.rejecting;
    this.touched = true;
    return true;
  }

  /** Begins with the reviewer's own earlier decision, if it is about this record. */
  private take(): void {
    const mine = this.item.mine;
    if (!mine || !mine.active || mine.outdated) return;
    this.words = mine.words;
    this.reason = mine.reason;
    this.rejecting = mine.verdict === 'reject';
    this.unsure = mine.verdict === 'unsure';
    this.adjudicates = mine.adjudicates;
    for (const field of FIELDS) {
      const decided = mine.fields[field];
      if (mine.verdict === 'accept' && canAccept(this.item, field)) this.fields[field].verdict = 'accept';
      else if (decided) this.fields[field] = { verdict: decided.verdict, value: decided.value ?? '' };
    }
  }
}
