/** The words that pages over several engines share. */
import { sayer } from '../words/words.svelte.ts';

export const sayShared = sayer({
  en: {
    engine: 'Engine',
    ownEngine: 'this server',
    queuesOf: 'Queues of {engine}',
    exchangesOf: 'Exchanges of {engine}',
    onlyAdministrators: 'Only administrators act on queues of other engines.',
    cannot: '{engine} cannot do this: {reason}',
    unknownHere: 'unknown: {engine} does not tell it',
  },
  zh: {
    engine: '引擎',
    ownEngine: '本服务器',
    queuesOf: '{engine} 的队列',
    exchangesOf: '{engine} 的交换机',
    onlyAdministrators: '只有管理员可以操作其他引擎的队列。',
    cannot: '{engine} 不支持此操作：{reason}',
    unknownHere: '未知：{engine} 不提供此项',
  },
});
