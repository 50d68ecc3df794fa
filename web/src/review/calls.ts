// How is the review API asked?
import { address, request, type View } from '../api';
import type {
  AgreementReport, BlindPair, ChoiceIn, ChoiceMade, ChoiceReport, Dashboard, DecisionIn, ItemView, PreferencesView, Queue, Saved,
  Summary,
} from './shapes';

/** What the queue is narrowed to; an empty string or null narrows nothing. */
export interface Filters {
  kind?: string | null;
  state?: string | null;
  stage?: string | null;
  corpus?: string | null;
  language?: string | null;
  split?: string | null;
}

export const FILTERS = ['kind', 'state', 'stage', 'corpus', 'language', 'split'] as const;

const some = (filters: Filters) => Object.fromEntries(FILTERS.map((key) => [key, filters[key] || null]));

export const review = {
  summary: () => request<Summary>('GET', 'review'),
  queue: (reviewer: string, filters: Filters, page: { offset?: number; limit?: number } = {}) =>
    request<Queue>('GET', 'review/queue', { query: { reviewer, ...some(filters), ...page } }),
  item: (item: string, reviewer: string) => request<ItemView>('GET', 'review/item', { query: { item, reviewer } }),
  media: (item: string) => address('review/media', { item }),
  view: (item: string, language: string) => request<View>('GET', 'review/view', { query: { item, language } }),
  decide: (item: string, decision: DecisionIn) => request<Saved>('PUT', 'review/decision', { query: { item }, body: decision }),
  withdraw: (item: string, reviewer: string) => request<Saved>('DELETE', 'review/decision', { query: { item, reviewer } }),
  agreement: () => request<AgreementReport>('GET', 'review/agreement'),
  dashboard: () => request<Dashboard>('GET', 'review/dashboard'),
  preferences: (reviewer: string) => request<PreferencesView>('GET', 'review/preferences', { query: { reviewer } }),
  question: (question: string, reviewer: string) =>
    request<BlindPair>('GET', 'review/preferences/question', { query: { question, reviewer } }),
  choose: (choice: ChoiceIn) => request<ChoiceMade>('PUT', 'review/preferences', { body: choice }),
  questionMedia: (question: string) => address('review/preferences/media', { question }),
  choiceReport: () => request<ChoiceReport>('GET', 'review/preferences/report'),
};
