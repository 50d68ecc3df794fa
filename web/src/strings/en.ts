// What does the interface say, in English? Words for what was measured come from the server, not from here.
import { review } from './review.en';

export const en = {
  languageName: 'English',
  review,
  nav: {
    label: 'Main',
    home: 'Analyse',
    review: 'Review',
    preferences: 'Preferences',
    dashboard: 'Dashboard',
    about: 'About',
    skip: 'Skip to the content',
    language: 'Language',
  },
  title: (page: string) => `${page} · SABER`,
  notFound: 'There is no such page.',
  toHome: 'To the start page',
};
