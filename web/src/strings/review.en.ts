// What do the review, preference and dashboard pages say, in English?

export const review = {
  title: 'Review',
  itemTitle: 'Review a record',
  preferencesTitle: 'Preferences',
  dashboardTitle: 'Dashboard',
};
