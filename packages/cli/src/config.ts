export * from '@kova/core/config/define';
