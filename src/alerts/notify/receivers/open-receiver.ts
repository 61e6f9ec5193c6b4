/** Makes a receiver from its settings, its secrets looked up. */
import { requireWebAddress } from '../post.js';
import type { ReceiverSettings, SecretSetting } from '../settings.js';
import { alertmanager } from './alertmanager.js';
import { dingtalk } from './dingtalk.js';
import { email } from './email.js';
import { feishu } from './feishu.js';
import { pagerduty } from './pagerduty.js';
import type { Receiver, ReceiverTools } from './receiver.js';
import { slack } from './slack.js';
import { webhook } from './webhook.js';
import { wecom } from './wecom.js';

/** Looks a secret up, by the path of its setting. */
export type OpenSecret = (setting: SecretSetting, path: string) => Promise<string>;

/** `path`: of its settings. Rejects with `config-invalid` where a secret or an address is not there. */
export async function openReceiver(
  settings: ReceiverSettings,
  path: string,
  secret: OpenSecret,
  tools: ReceiverTools,
): Promise<Receiver> {
  const address = async (setting: SecretSetting): Promise<string> =>
    requireWebAddress(await secret(setting, `${path}.url`), `${path}.url`);
  const optional = async (setting: SecretSetting | undefined, field: string): Promise<string | undefined> =>
    setting === undefined ? undefined : secret(setting, `${path}.${field}`);
  const headersOf = async (
    headers: Readonly<Record<string, SecretSetting>>,
  ): Promise<Record<string, string>> => {
    const entries = Object.entries(headers).map(
      async ([name, value]) => [name.toLowerCase(), await secret(value, `${path}.headers.${name}`)] as const,
    );
    return Object.fromEntries(await Promise.all(entries));
  };
  switch (settings.type) {
    case 'webhook': {
      const headers = await headersOf(settings.headers);
      const key = await optional(settings.secret, 'secret');
      return webhook({ url: await address(settings.url), secret: key, headers }, tools);
    }
    case 'email': {
      const password = await optional(settings.password, 'password');
      return email({ ...settings, password, timeoutMs: settings.timeout }, tools);
    }
    case 'slack':
      return slack({ url: await address(settings.url) }, tools);
    case 'wecom':
      return wecom({ url: await address(settings.url) }, tools);
    case 'dingtalk':
    case 'feishu': {
      const make = settings.type === 'dingtalk' ? dingtalk : feishu;
      return make(
        { url: await address(settings.url), secret: await optional(settings.secret, 'secret') },
        tools,
      );
    }
    case 'alertmanager': {
      const headers = await headersOf(settings.headers);
      return alertmanager({ url: await address(settings.url), headers, refreshMs: settings.refresh }, tools);
    }
    case 'pagerduty': {
      const url = requireWebAddress(settings.url, `${path}.url`);
      return pagerduty({ url, routingKey: await secret(settings.routingKey, `${path}.routingKey`) }, tools);
    }
  }
}
