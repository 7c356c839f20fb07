declare module 'eslint-plugin-security' {
  const plugin: import('eslint').ESLint.Plugin;
  export default plugin;
}
