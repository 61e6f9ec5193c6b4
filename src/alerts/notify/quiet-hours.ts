/** Hours in which a route is quiet, by the clock of a place. Pure. */
import type { Severity } from '../types.js';
import type { QuietHours } from './settings.js';

const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const minutesOfDay = 1_440;

interface LocalTime {
  readonly day: number;
  readonly minute: number;
}

function localTime(atMs: number, timeZone: string): LocalTime {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(atMs);
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? '';
  const day = days.findIndex((name) => name === part('weekday').toLowerCase());
  return { day, minute: Number(part('hour')) * 60 + Number(part('minute')) };
}

function minuteOf(clockTime: string): number {
  return Number(clockTime.slice(0, 2)) * 60 + Number(clockTime.slice(3));
}

/** Whether `hours` are going on: a night belongs to the day on which it begins. */
export function isQuiet(hours: QuietHours, severity: Severity, atMs: number): boolean {
  if (hours.except.includes(severity)) return false;
  const { day, minute } = localTime(atMs, hours.timezone);
  const [from, to] = [minuteOf(hours.from), minuteOf(hours.to)];
  const lengthMinutes = (to - from + minutesOfDay) % minutesOfDay || minutesOfDay;
  const begins = (weekday: number): boolean => hours.days?.includes(days[(weekday + 7) % 7]!) ?? true;
  if (minute >= from && minute < from + lengthMinutes && begins(day)) return true;
  return minute + minutesOfDay < from + lengthMinutes && begins(day - 1);
}
