/** What stands below a plot's lines of time: as precise as they are apart, with the day where it is not told yet. Pure. */

const daySeconds = 86_400;

/**
 * Two lines for each moment: its time (for moments a day or more apart its day), and below it the day where that is
 * another than the moment before it had.
 *
 * @param seconds - Unix seconds, growing.
 * @param apartSeconds - what lies between two of them.
 * @param timeZone - the reader's own unless given.
 */
export function timeLabels(
  seconds: readonly number[],
  apartSeconds: number,
  language: string,
  timeZone?: string,
): string[] {
  const zone = timeZone === undefined ? {} : { timeZone };
  const day = new Intl.DateTimeFormat(language, { ...zone, month: 'short', day: 'numeric' });
  if (apartSeconds >= daySeconds) return seconds.map((second) => day.format(second * 1_000));
  const time = new Intl.DateTimeFormat(language, {
    ...{ hourCycle: 'h23', hour: '2-digit', minute: '2-digit', ...zone },
    ...(apartSeconds < 60 ? { second: '2-digit' } : {}),
  });
  let before = '';
  return seconds.map((second) => {
    const today = day.format(second * 1_000);
    const isNews = today !== before;
    before = today;
    return `${time.format(second * 1_000)}${isNews ? `\n${today}` : ''}`;
  });
}
