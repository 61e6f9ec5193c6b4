/** Starts the console in its page. */
import { mount } from 'svelte';
import './base.css';
import App from './app.svelte';

mount(App, { target: document.getElementById('console')! });
