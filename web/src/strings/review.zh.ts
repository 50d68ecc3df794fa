// What do the review, preference and dashboard pages say, in Chinese?
import type { review as english } from './review.en';

export const review: typeof english = {
  title: '审核',
  itemTitle: '审核一条记录',
  preferencesTitle: '偏好',
  dashboardTitle: '概览',
};
