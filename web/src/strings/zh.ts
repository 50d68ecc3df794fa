// What does the interface say, in Chinese?
import type { Strings } from '../words.svelte';
import { review } from './review.zh';

export const zh: Strings = {
  languageName: '中文',
  review,
  nav: {
    label: '主导航',
    home: '分析',
    review: '审核',
    preferences: '偏好',
    dashboard: '概览',
    about: '说明',
    skip: '跳到正文',
    language: '语言',
  },
  title: (page: string) => `${page} · SABER`,
  notFound: '没有这个页面。',
  toHome: '回到首页',
};
