// Which JSON does the review API speak? The records of `saber.review.records`, as this app reads them.

export const FIELDS = ['scene', 'face', 'body', 'acoustic', 'speech', 'reasoning', 'emotion', 'half'] as const;
export type FieldName = (typeof FIELDS)[number];
export type Dimension = Exclude<FieldName, 'emotion' | 'half'>;

export const EMOTIONS = ['neutral', 'happiness', 'sadness', 'anger', 'fear', 'disgust', 'surprise'] as const;
export type Emotion = (typeof EMOTIONS)[number];
export const HALVES = ['consistent', 'inconsistent', 'unclear'] as const;
export type Half = (typeof HALVES)[number];

export const KINDS = [
  'disagreement', 'outdated', 'quarantined', 'failed_check', 'near_limit', 'unknown_check', 'judges_disagree',
  'contradicted_claims', 'transcript_differs', 'inconsistent', 'emotion_differs',
] as const;
export type Kind = (typeof KINDS)[number];

export const STATES = ['open', 'waiting', 'disagreement', 'settled'] as const;
export type State = (typeof STATES)[number];
export type Status = 'kept' | 'dropped' | 'quarantined';

export const REASONS = [
  'no_person', 'several_people', 'wrong_speaker', 'unusable_media', 'not_fit_for_use', 'wrong_texts', 'other',
] as const;
export type Reason = (typeof REASONS)[number];

export type FieldVerdict = 'accept' | 'correct' | 'unsure';
export type ItemVerdict = FieldVerdict | 'reject';

export interface FieldDecision {
  verdict: FieldVerdict;
  value: string | null;
}

export interface DecisionIn {
  reviewer: string;
  verdict: ItemVerdict;
  fields: Partial<Record<FieldName, FieldDecision>>;
  reason: Reason | null;
  words: string;
  seconds: number;
  saw: string;
  adjudicates: boolean;
}

export interface DecisionView {
  reviewer: string;
  at: number;
  verdict: ItemVerdict;
  fields: Partial<Record<FieldName, FieldDecision>>;
  reason: Reason | null;
  words: string;
  seconds: number;
  adjudicates: boolean;
  active: boolean;
  outdated: boolean;
}

export interface FieldState {
  field: FieldName | 'item';
  state: State;
  reviewers: number;
  value: string | null;
}

export interface ItemState {
  state: State;
  fields: FieldState[];
  reviewers: number;
  needed: number;
  settled_by: string[];
  awaits_run: boolean;
  stale: string[];
}

export interface Saved {
  item: string;
  state: ItemState;
  notices: ('emotion_without_reasoning' | 'text_without_reasoning')[];
}

export interface Worth {
  kind: Kind;
  points: number;
  words: string;
  about: string;
  score: number | null;
  limit: number | null;
}

export interface QueueItem {
  item: string;
  score: number;
  worth: Worth[];
  state: State;
  status: Status;
  stage: string;
  reason: string;
  corpus: string;
  language: string;
  split: string | null;
  half: Half | null;
  emotion: Emotion | null;
  duration_s: number | null;
}

export interface Queue {
  items: QueueItem[];
  offset: number;
  total: number;
  indexed: number;
  known: number;
}

export interface TextView {
  dimension: Dimension;
  text: string;
  written_by: string;
  attempt: number;
  state: State;
  earlier: string | null;
}

export interface WordPiece {
  kind: 'same' | 'substituted' | 'deleted' | 'inserted';
  heard: string;
  written: string;
}

export interface WordsView {
  by: string;
  heard: string | null;
  reason: string;
  pieces: WordPiece[];
  substitutions: number;
  deletions: number;
  insertions: number;
  of: number;
}

export interface CheckView {
  stage: 'clean' | 'verify';
  name: string;
  passed: boolean | null;
  required: boolean;
  score: number | null;
  limit: number | null;
  distance: number | null;
  unit: string;
  reason: string;
  detail: string;
  judge: string;
  dimension: Dimension | null;
  counts: boolean;
}

export interface ClaimView {
  dimension: Dimension;
  start: number;
  end: number;
  text: string;
  status: 'supported' | 'contradicted' | 'not_measurable';
  why: string;
  cue: string | null;
  value: number | string | null;
  unit: string;
  start_s: number | null;
  end_s: number | null;
  confidence: number;
}

/** A claim with the name that the timeline has for it. */
export type NamedClaim = ClaimView & { id: string };

export interface OpinionView {
  judge: string;
  verdict: Half | null;
  visual: Emotion | null;
  acoustic: Emotion | null;
  reason: string;
}

export type Modality = 'face' | 'body' | 'voice' | 'speech';

export interface ReadingView {
  modality: Modality;
  present: boolean;
  emotion: Emotion | null;
  share: number | null;
  valence: number | null;
  arousal: number | null;
  confidence: number | null;
  reason: string | null;
}

export interface ConflictView {
  between: [Modality, Modality];
  about: string;
  says: [string, string];
  start_s: number;
  end_s: number;
  strength: number;
}

export interface ItemView {
  item: string;
  saw: string;
  state: ItemState;
  status: Status;
  stage: string;
  reason: string;
  detail: string;
  corpus: string;
  speaker: string | null;
  group: string | null;
  terms: string;
  corpus_label: Emotion | null;
  corpus_label_said: string | null;
  corpus_label_from: string | null;
  corpus_transcript: string | null;
  language: string;
  duration_s: number | null;
  has_picture: boolean;
  has_sound: boolean;
  media: string;
  cues_path: string | null;
  cues_absent: string;
  texts: TextView[];
  words: WordsView[];
  caption: string | null;
  captioned_by: string | null;
  claims: ClaimView[];
  checks: CheckView[];
  emotion_said: Emotion | null;
  emotion_measured: Emotion | null;
  emotion_state: State;
  readings: ReadingView[];
  consistency: Half;
  consistency_score: number | null;
  conflicts: ConflictView[];
  half: Half | null;
  half_because: string | null;
  half_state: State;
  opinions: OpinionView[];
  split: string | null;
  saber_test: boolean;
  worth: Worth[];
  score: number;
  mine: DecisionView | null;
  history: DecisionView[];
  hidden: number;
}

export interface ReviewerCount {
  reviewer: string;
  decisions: number;
  unsure: number;
  seconds: number;
}

export interface ReviewProgress {
  items: number;
  open: number;
  waiting: number;
  disagreement: number;
  settled: number;
  outdated: number;
  rejected: number;
  corrected: number;
  awaits_run: number;
  reviewers: ReviewerCount[];
  needed: number;
}

export type RunState = 'running' | 'done' | 'stopped' | 'failed' | 'killed';

export interface Summary {
  progress: ReviewProgress;
  kinds: Partial<Record<Kind, number>>;
  stages: string[];
  corpora: string[];
  languages: string[];
  splits: string[];
  indexed: number;
  known: number;
  run: RunState;
  preferences: boolean;
}

export interface Figure {
  value: number | null;
  low: number | null;
  high: number | null;
  n: number;
  why: string;
}

export interface FieldAgreement {
  field: FieldName | 'item';
  items: number;
  decisions: number;
  percent: Figure;
  kappa: Figure;
  alpha: Figure;
  categories: Record<string, number>;
}

export interface CheckAgainstPeople {
  check: string;
  dimension: Dimension | null;
  judge: string;
  accepted_when_passed: Figure;
  accepted_when_failed: Figure;
  accepted_when_unknown: Figure;
}

export interface AgreementReport {
  fields: FieldAgreement[];
  checks: CheckAgainstPeople[];
  machine: CheckAgainstPeople[];
}

export interface StageYield {
  name: string;
  inputs: number;
  kept: number;
  dropped: number;
  quarantined: number;
  pending: number;
  reasons: Record<string, number>;
  seconds: number;
  cost: number | null;
  tokens: number | null;
}

export interface Histogram {
  stage: 'clean' | 'verify';
  check: string;
  dimension: Dimension | null;
  judge: string;
  unit: string;
  limits: number[];
  edges: number[];
  counts: number[];
  passed: number;
  failed: number;
  unknown: number;
  of: number;
}

export interface Balance {
  by: 'emotion' | 'language' | 'corpus' | 'split' | 'half';
  counts: Record<string, number>;
  kept: Record<string, number>;
}

export interface Dashboard {
  stages: StageYield[];
  run: RunState;
  at: number;
  cost: number | null;
  tokens: number | null;
  histograms: Histogram[];
  sampled: boolean;
  balance: Balance[];
  review: ReviewProgress;
  indexed: number;
  known: number;
}

export interface PreferenceAnswer {
  id: string;
  text: string;
}

export interface BlindPair {
  question: string;
  prompt: string;
  clip: string;
  has_media: boolean;
  a: PreferenceAnswer;
  b: PreferenceAnswer;
}

export type Choice = 'a' | 'b' | 'tie' | 'both_bad';

export interface ChoiceIn {
  reviewer: string;
  question: string;
  a: string;
  b: string;
  choice: Choice;
  why: string;
  seconds: number;
}

export interface ChoiceMade {
  question: string;
  done: number;
  total: number;
}

export interface GapBand {
  low: number;
  high: number;
  agreement: Figure;
}

export interface ChoiceReport {
  choices: number;
  reviewers: number;
  decided: number;
  ties: number;
  both_bad: number;
  split: number;
  scorer: Figure;
  by_gap: GapBand[];
  alpha: Figure;
  first_shown: Figure;
}

export interface PreferencesView {
  pair: BlindPair | null;
  done: number;
  total: number;
  report: ChoiceReport | null;
}
