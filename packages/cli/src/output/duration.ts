import { formatDuration } from '@kova/core/config/duration';

/** `3 min` since the moment, in whole seconds; never negative, since clocks differ. */
export function since(moment: string, now = Date.now()): string {
  return formatDuration(Math.max(0, Math.floor((now - Date.parse(moment)) / 1000) * 1000)).replace(/^0 ms$/, '0 s');
}

/** `12:00:01`, in local time. */
export function clock(moment: Date): string {
  return [moment.getHours(), moment.getMinutes(), moment.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}
