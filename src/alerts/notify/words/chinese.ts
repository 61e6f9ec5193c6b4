/** Notifications in Chinese. */
import { kindsInChinese } from '../../kinds-in-chinese.js';
import { partsOf, type Dictionary } from './dictionary.js';

const units = { d: '天', h: '小时', min: '分钟', s: '秒' } as const;

export const chinese: Dictionary = {
  severity: { info: '提示', warning: '警告', critical: '严重' },
  reason: {
    opened: '新事件',
    reopened: '再次发生',
    severity: '级别变化',
    cause: '已找到原因',
    escalated: '已升级',
    acknowledged: '已确认',
    remedy: '处置',
    changed: '有变化',
    repeated: '仍未解决',
    resolved: '已恢复',
    test: '测试',
  },
  what: '现象',
  where: '位置',
  since: '开始时间',
  cause: '可能原因',
  noCause: '尚不清楚',
  remedy: '处置建议',
  command: '命令',
  acknowledgedBy: '确认人',
  happened: '最新进展',
  lasted: '持续时间',
  runbook: '操作手册',
  open: '在控制台中打开',
  more: (count) => `另有 ${count} 项`,
  duration: (durationMs) =>
    partsOf(durationMs)
      .map(([count, unit]) => `${count} ${units[unit]}`)
      .join(' '),
  kind: kindsInChinese,
  comma: '，',
  colon: '：',
};
