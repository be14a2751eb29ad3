import { bootConfig } from '@daybreak/config';
import { startService } from '@daybreak/service-host';
import { templateManagerConfig } from './template-manager.config.js';
import { TemplateManagerModule } from './template-manager.module.js';

await startService(TemplateManagerModule, bootConfig(templateManagerConfig), { group: 'template-manager' });
