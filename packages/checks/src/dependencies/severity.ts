/** How npm weighs an advisory, worst first. */
export const severities = ['critical', 'high', 'moderate', 'low'] as const;

export type Severity = (typeof severities)[number];

export const worst = (all: readonly Severity[]): Severity => severities.find((one) => all.includes(one)) ?? 'low';
