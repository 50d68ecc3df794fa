// Where do the pages begin? Styles in their order, then the one component that holds all others.
import '@report/tokens.css';
import '@report/page.css';
import '@report/lanes.css';
import './styles/app.css';
import './styles/review.css';
import { mount } from 'svelte';
import App from './App.svelte';

mount(App, { target: document.getElementById('app') as HTMLElement });
