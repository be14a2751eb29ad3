import { bootConfig } from '@daybreak/config';
import { startService } from '@daybreak/service-host';
import { qualityMonitorConfig } from './quality-monitor.config.js';
import { QualityMonitorModule } from './quality-monitor.module.js';

await startService(QualityMonitorModule, bootConfig(qualityMonitorConfig), { group: 'quality-monitor' });
