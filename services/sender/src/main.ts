import { bootConfig } from '@daybreak/config';
import { startService } from '@daybreak/service-host';
import { senderConfig } from './sender.config.js';
import { SenderModule } from './sender.module.js';

await startService(SenderModule, bootConfig(senderConfig), { group: 'sender' });
