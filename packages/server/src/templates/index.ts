/**
 * Action templates: what may be asked, with which data, and in which words (protocol section 3).
 *
 * Owns `templates`. Promises that headline and lines are made here of the data alone, so that words and data cannot
 * disagree, and that a version never changes. Must never take words from a request.
 */
export { loginTemplate } from './login.ts'
export { putTemplate } from './put-template.ts'
export { faultyField, type Template, type TemplateInput, type TemplateOutput, templateOf } from './template.ts'
export { registerTemplates } from './template-routes.ts'
export { findTemplate } from './template-store.ts'
